/* global React, ReactDOM, GraphiQL */
(async () => {
  const response = await fetch('/explorer/examples.json');
  const examples = await response.json();
  const fetcher = GraphiQL.createFetcher({
    url: '/graphql',
    // Tells the server's CSRF guard that this is no plain form post.
    headers: { 'apollo-require-preflight': '1' },
  });
  const tabs = examples.map(({ query, variables }) => ({
    query,
    variables: JSON.stringify(variables, null, 2),
  }));
  // GraphiQL takes the open tab's variables from its store, not from the tab; on a first visit the store is empty.
  if (localStorage.getItem('graphiql:tabState') === null)
    localStorage.setItem('graphiql:variables', tabs[0]?.variables ?? '');
  const logo = React.createElement(GraphiQL.Logo, null, 'Member cards · 会员卡');
  ReactDOM.createRoot(document.getElementById('explorer')).render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        defaultTabs: tabs,
        defaultEditorToolsVisibility: 'variables',
        isHeadersEditorEnabled: true,
      },
      logo,
    ),
  );
})();
