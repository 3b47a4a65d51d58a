import type { ComponentProps } from 'react';
import './inputs.css';

/** The browser's own inputs, which phones and readers of the screen know, in TDesign's looks. A `Field` names them. */
export const Select = (props: ComponentProps<'select'>) => <select {...props} className="native" />;

export const Native = (props: ComponentProps<'input'>) => <input {...props} className="native" />;

interface CheckProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export const Check = ({ label, isChecked, onChange }: CheckProps) => (
  <label className="check">
    <input
      type="checkbox"
      checked={isChecked}
      onChange={(event) => {
        onChange(event.target.checked);
      }}
    />
    <span>{label}</span>
  </label>
);

export const TextArea = (props: ComponentProps<'textarea'>) => <textarea {...props} className="native" />;
