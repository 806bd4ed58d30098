interface Attributes {
  [name: string]: string | boolean | undefined;
}

/** Makes an element: attributes that are true stand without a value, those that are false or undefined not at all. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  ...children: (Node | string | undefined)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button by whose key the focus finds it again after the list was drawn anew. */
export function button(key: string, text: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = h('button', { type: 'button', part: 'button', 'data-key': key, ...attributes }, text);
  made.addEventListener('click', press);
  return made;
}
