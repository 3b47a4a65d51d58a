import { Button as TButton, type ButtonProps } from 'tdesign-react/es/button';

/** TDesign's button, also while it is disabled: TDesign makes a `div` of it then, which readers of the screen do not find. */
export const Button = (props: ButtonProps) => <TButton tag="button" {...props} />;
