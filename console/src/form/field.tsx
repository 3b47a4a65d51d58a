import type { ReactNode } from 'react';
import './field.css';

interface FieldProps {
  readonly label: string;
  /** For readers of the screen only. Default: false. */
  readonly isLabelHidden?: boolean;
  readonly hint?: ReactNode;
  /** What is wrong with the value, in the server's words. */
  readonly error?: string | undefined;
  /** One of TDesign's inputs. They take no `aria-label`, so a label around them names them. */
  readonly children: ReactNode;
}

export const Field = ({ label, isLabelHidden = false, hint, error, children }: FieldProps) => (
  <div className="field">
    <label>
      <span className={isLabelHidden ? 'visually-hidden' : 'field__label'}>{label}</span>
      {children}
    </label>
    {error !== undefined && (
      <p className="field__error" role="alert">
        {error}
      </p>
    )}
    {hint !== undefined && <p className="hint">{hint}</p>}
  </div>
);
