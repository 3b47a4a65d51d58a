import { Component, type ReactNode } from 'react';
import { Button } from '../form/button';
import { StateView } from '../states/state-view';

interface Props {
  readonly texts: { readonly title: string; readonly advice: string; readonly reload: string };
  readonly children: ReactNode;
}

/** Shows that a part of the page broke, in place of that part. React has no hook for this. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    const { texts, children } = this.props;
    if (!this.state.hasFailed) return children;
    return (
      <StateView kind="failed" title={texts.title} text={texts.advice}>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {texts.reload}
        </Button>
      </StateView>
    );
  }
}
