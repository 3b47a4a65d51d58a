import type { ReactNode } from 'react';
import {
  ServerIcon,
  ErrorCircleIcon,
  HourglassIcon,
  InfoCircleIcon,
  LockOnIcon,
  SearchIcon,
  WifiOffIcon,
} from 'tdesign-icons-react';
import type { ProblemKind } from '../api/problem';

export type StateKind = ProblemKind | 'empty';

const icons = {
  empty: SearchIcon,
  signIn: LockOnIcon,
  forbidden: LockOnIcon,
  rateLimited: HourglassIcon,
  offline: WifiOffIcon,
  unavailable: ServerIcon,
  notFound: SearchIcon,
  unknownOutcome: InfoCircleIcon,
  refused: InfoCircleIcon,
  failed: ErrorCircleIcon,
} as const;

interface StateViewProps {
  readonly kind: StateKind;
  readonly title: string;
  /** What happened and what to do. */
  readonly text?: ReactNode;
  /** Small print: numbers to quote. */
  readonly details?: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
}

/** A state that takes the place of content: an icon, what it is, what to do. */
export const StateView = ({ kind, title, text, details, children }: StateViewProps) => {
  const Icon = icons[kind];
  return (
    <section className={`state state--${kind}`} role={kind === 'empty' ? undefined : 'alert'}>
      <span className="state__icon" aria-hidden>
        <Icon size="28px" />
      </span>
      <h2 className="state__title">{title}</h2>
      {text !== undefined && <p className="state__text">{text}</p>}
      {children !== undefined && <div className="state__actions">{children}</div>}
      {details !== undefined && <p className="state__details">{details}</p>}
    </section>
  );
};
