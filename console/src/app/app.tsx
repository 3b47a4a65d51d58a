import { useEffect, useMemo, useState } from 'react';
import { ConfigProvider } from 'tdesign-react/es/config-provider';
import enUS from 'tdesign-react/es/locale/en_US';
import zhCN from 'tdesign-react/es/locale/zh_CN';
import { createClient } from '../api/client';
import { ConsoleViewerDocument } from '../api/documents';
import { useAsk } from '../api/use-ask';
import { useLanguage, useTexts } from '../i18n/language';
import { usePages } from '../list/use-pages';
import { useWhole } from '../list/use-whole';
import { ProblemView } from '../states/problem-view';
import { StateView } from '../states/state-view';
import { NoticesProvider } from './notices';
import { ClientContext, SessionContext } from './session';
import { settings } from './settings';
import { Shell } from './shell';
import { SignIn } from './sign-in';
import { appTexts } from './texts';
import { storedToken, storeToken } from './token';

export const App = () => {
  const { language } = useLanguage();
  const [token, setToken] = useState(storedToken);
  const client = useMemo(() => createClient(token, language), [token, language]);
  const keepToken = (next: string) => {
    storeToken(next);
    setToken(next);
  };
  return (
    <ConfigProvider globalConfig={language === 'zh' ? zhCN : enUS}>
      <ClientContext.Provider value={client}>
        <Entrance token={token} onToken={keepToken} />
      </ClientContext.Provider>
    </ConfigProvider>
  );
};

interface EntranceProps {
  readonly token: string;
  readonly onToken: (token: string) => void;
}

const brandKey = 'member-cards:brand';

/** Asks who the reader is; the pages follow once the server knows them. */
const Entrance = ({ token, onToken }: EntranceProps) => {
  const t = useTexts(appTexts);
  const mayAsk = !settings.needsToken || token !== '';
  const variables = mayAsk ? {} : undefined;
  const query = useAsk(ConsoleViewerDocument, variables);
  const { asked, again } = query;
  const list = usePages({
    document: ConsoleViewerDocument,
    variables,
    query,
    pick: (data) => data.viewer?.brands,
    keyOf: ({ brandId: id }) => id,
  });
  useWhole(list);
  const [brandId, setBrandId] = useState(() => sessionStorage.getItem(brandKey));
  const viewer = asked.state === 'idle' ? undefined : asked.data?.viewer;
  const brands = list.nodes;
  const chosen = brands.find((one) => one.brandId === brandId);
  // The chosen brand may be among those that are not there yet.
  const brand =
    chosen ?? (list.hasMore && list.problem === undefined && brandId !== null ? undefined : brands[0]);
  const problem = asked.state === 'answered' ? asked.problems[0] : undefined;

  useEffect(() => {
    document.title = t.product;
  }, [t]);

  const session = useMemo(
    () =>
      viewer && brand
        ? {
            viewer,
            brand,
            brands,
            chooseBrand(next: string) {
              sessionStorage.setItem(brandKey, next);
              setBrandId(next);
            },
            signOut() {
              onToken('');
            },
          }
        : undefined,
    // `onToken` is a new function at each rendering and does the same every time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [viewer, brand, brands.length],
  );

  if (!mayAsk || problem?.kind === 'signIn')
    return <SignIn isRefused={problem !== undefined} isBusy={false} onToken={onToken} />;
  if (session !== undefined) {
    if (session.viewer.isMember) return <StateView kind="forbidden" title={t.member} text={t.memberAdvice} />;
    return (
      <SessionContext.Provider value={session}>
        <NoticesProvider>
          <Shell />
        </NoticesProvider>
      </SessionContext.Provider>
    );
  }
  if (asked.state !== 'answered' || list.hasMore)
    return (
      <main className="starting" aria-busy="true">
        <span className="logo logo--large" aria-hidden />
        <span className="visually-hidden" role="status">
          {t.starting}
        </span>
      </main>
    );
  if (problem !== undefined) return <ProblemView problem={problem} retry={again} />;
  return <StateView kind="forbidden" title={t.noBrand} text={t.noBrandAdvice} />;
};
