import { Alert, Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useText } from '../text';

interface Bounded {
  /** Where the reader is: what broke in one place is tried anew in another. */
  at?: string;
  children: ReactNode;
}

/** Says that what is inside broke, in place of an empty page. A part that cannot be fetched, as after an upgrade, breaks so too. */
export class Boundary extends Component<Bounded, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate({ at }: Bounded) {
    if (this.state.broken && at !== this.props.at) {
      this.setState({ broken: false });
    }
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { failed } = useText();
  return (
    <Alert color="red" variant="light" role="alert" title={failed.title}>
      {failed.broken}
      <Button mt="sm" size="xs" variant="outline" color="red" display="block" onClick={() => location.reload()}>{failed.reload}</Button>
    </Alert>
  );
}
