import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import { CheckCircleFilledIcon } from 'tdesign-icons-react';

const shownMs = 4_000;

const Context = createContext<(text: string) => void>(() => undefined);

/** Says for a moment that something was done, also to readers of the screen. */
export const NoticesProvider = ({ children }: { readonly children: ReactNode }) => {
  const [text, setText] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const notify = useCallback((next: string) => {
    clearTimeout(timer.current);
    setText(next);
    timer.current = setTimeout(() => {
      setText('');
    }, shownMs);
  }, []);
  return (
    <Context.Provider value={notify}>
      {children}
      <div className="notice" role="status">
        {text !== '' && (
          <p className="notice__text">
            <CheckCircleFilledIcon /> {text}
          </p>
        )}
      </div>
    </Context.Provider>
  );
};

export const useNotify = (): ((text: string) => void) => useContext(Context);
