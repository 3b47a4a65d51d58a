/* global React, ReactDOM, GraphiQL */
import { createFetcher } from './fetcher.js';
import { showOperations } from './operations.js';

const tokenKey = 'member-cards:token';
const element = (id) => document.getElementById(id);
const tell = (text) => {
  element('status').textContent = text;
};
const asVariables = (variables) => JSON.stringify(variables, null, 2);

/** The operations that a first visit opens in tabs of their own. */
const firstTabs = ['MemberCard', 'Brands', 'UserCardEvents'];

const start = async () => {
  const response = await fetch(new URL('settings.json', import.meta.url));
  const { operations, needsToken, canOpenCard } = await response.json();
  // Not in localStorage: a credential must not outlive the tab.
  let token = sessionStorage.getItem(tokenKey) ?? '';
  let chosen = {};
  let choices = 0;

  const tabs = operations
    .filter(({ name }) => firstTabs.includes(name))
    .sort((a, b) => firstTabs.indexOf(a.name) - firstTabs.indexOf(b.name))
    .map(({ query, variables }) => ({ query, variables: asVariables(variables) }));
  // GraphiQL takes the open tab's variables from its store, not from the tab; on a first visit the store is empty.
  if (localStorage.getItem('graphiql:tabState') === null && tabs.length > 0)
    localStorage.setItem('graphiql:variables', tabs[0].variables);

  const fetcher = createFetcher(() => (token === '' ? {} : { authorization: `Bearer ${token}` }));
  const root = ReactDOM.createRoot(element('explorer'));
  const render = () => {
    root.render(
      React.createElement(GraphiQL, {
        // Another credential may see another schema, so everything begins anew.
        key: token,
        fetcher,
        // GraphiQL fails on an empty list of tabs.
        ...(tabs.length === 0 ? {} : { defaultTabs: tabs }),
        // Without a credential there is no schema to ask for.
        ...(needsToken && token === '' ? { schema: null } : {}),
        ...chosen,
        defaultEditorToolsVisibility: 'variables',
        isHeadersEditorEnabled: true,
      }),
    );
  };

  showOperations(element('operations'), operations, ({ query, variables }) => {
    // GraphiQL takes up a text that differs from the last one, also if that one was edited since.
    choices += 1;
    chosen = { query: query + (choices % 2 === 0 ? '\n' : ''), variables: asVariables(variables) };
    render();
  });

  element('credential').hidden = !needsToken;
  element('token').value = token;
  element('credential').addEventListener('submit', (event) => {
    event.preventDefault();
    token = element('token').value.trim();
    sessionStorage.setItem(tokenKey, token);
    tell(token === '' ? 'No credential · 未设置凭证' : 'The credential is in use · 凭证已生效');
    render();
  });
  if (needsToken && token === '')
    tell('Enter a credential to see the schema and run operations · 请先输入凭证');

  element('open-card').hidden = !canOpenCard;
  element('open-card').addEventListener('click', async () => {
    // A page of another site cannot send this header.
    const opened = await fetch(new URL('open-card', import.meta.url), {
      method: 'POST',
      headers: { 'x-explorer': '1' },
    });
    const { brandId, userCardCode, openid } = await opened.json();
    tell(`${openid} has opened a card of brand ${brandId} (${userCardCode}) · 用户已开卡`);
  });
  render();
};

start().catch((error) => {
  tell(`The explorer could not start · 页面启动失败：${error.message}`);
});
