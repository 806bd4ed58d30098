import { type ReactNode, createContext, useContext, useEffect, useState } from 'react';
import { de } from './de';
import { type Text, en } from './en';

export type { Text };

/** Each language names itself. */
export const languages = { en: { name: 'English', text: en }, de: { name: 'Deutsch', text: de } } as const;
export type Language = keyof typeof languages;
const stored = 'symbolon.language';

interface Words {
  text: Text;
  language: Language;
  choose(language: Language): void;
}

const Context = createContext<Words>({ text: en, language: 'en', choose: () => undefined });

/** Gives everything inside its words, in the language that was chosen, or else the browser's. */
export function TextProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(first);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(stored, language);
  }, [language]);
  return <Context value={{ text: languages[language].text, language, choose }}>{children}</Context>;
}

export const useText = () => useContext(Context).text;
export const useLanguage = () => useContext(Context);

function first(): Language {
  const wanted = localStorage.getItem(stored) ?? navigator.language.slice(0, 2);
  return wanted in languages ? (wanted as Language) : 'en';
}
