import { useState, type FormEvent } from 'react';
import { Button } from '../form/button';
import { Input } from 'tdesign-react/es/input';
import { Field } from '../form/field';
import { useTexts } from '../i18n/language';
import { Preferences } from './preferences';
import { appTexts } from './texts';

interface SignInProps {
  /** The credential that was tried was refused. */
  readonly isRefused: boolean;
  readonly isBusy: boolean;
  readonly onToken: (token: string) => void;
}

export const SignIn = ({ isRefused, isBusy, onToken }: SignInProps) => {
  const t = useTexts(appTexts);
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  return (
    <main className="sign-in">
      <form className="sign-in__card" onSubmit={submit}>
        <span className="logo logo--large" aria-hidden />
        <h1 className="sign-in__title">{t.welcome}</h1>
        <p className="sign-in__product">{t.product}</p>
        <Field label={t.tokenLabel} error={isRefused ? t.wrongToken : undefined}>
          <Input
            autocomplete="off"
            spellCheck={false}
            type="password"
            size="large"
            value={token}
            onChange={setToken}
            status={isRefused ? 'error' : 'default'}
          />
        </Field>
        <Button type="submit" size="large" block loading={isBusy}>
          {t.signIn}
        </Button>
        <p className="sign-in__hint">{t.tokenHint}</p>
      </form>
      <Preferences />
    </main>
  );
};
