import { Suspense } from 'react';
import { CodeIcon, LogoutIcon } from 'tdesign-icons-react';
import { Button } from '../form/button';
import { Select } from 'tdesign-react/es/select';
import { Skeleton } from 'tdesign-react/es/skeleton';
import { Tag } from 'tdesign-react/es/tag';
import { Field } from '../form/field';
import { useTexts } from '../i18n/language';
import { ErrorBoundary } from './error-boundary';
import { pages, titles } from './pages';
import { Preferences } from './preferences';
import { hrefOf, useRoute } from './route';
import { useSession } from './session';
import { settings } from './settings';
import { appTexts } from './texts';

/** The frame of all pages: menu, brand, preferences. */
export const Shell = () => {
  const t = useTexts(appTexts);
  const names = useTexts(titles);
  const route = useRoute();
  const { brand, brands, chooseBrand, signOut } = useSession();
  const current = pages.find(({ path }) => path === route) ?? pages[0];
  const Page = current.page;
  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          // The address names the page.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t.skip}
      </a>
      <nav className="menu" aria-label={t.menu}>
        <div className="menu__head">
          <span className="logo" aria-hidden />
          <span>{t.product}</span>
        </div>
        <ul className="menu__list">
          {pages.map(({ path, title, icon: Icon }) => (
            <li key={path}>
              <a
                className="menu__item"
                href={hrefOf(path)}
                aria-current={path === current.path ? 'page' : undefined}
              >
                <Icon size="20px" />
                <span>{names[title]}</span>
              </a>
            </li>
          ))}
        </ul>
        <a className="menu__foot" href={`${settings.basePath}/graphql`}>
          <CodeIcon size="16px" />
          <span>{t.explorer}</span>
        </a>
      </nav>
      <header className="bar">
        <div className="bar__brand">
          <Field label={t.brand} isLabelHidden>
            <Select
              borderless
              autoWidth
              value={brand.brandId}
              options={brands.map(({ brandId, name }) => ({
                value: brandId,
                label: `${name} ${brandId}`,
              }))}
              onChange={(value) => {
                if (typeof value === 'string') chooseBrand(value);
              }}
            />
          </Field>
          {settings.canSimulate && (
            <Tag variant="light" theme="warning" title={t.sandboxHint}>
              {t.sandbox}
            </Tag>
          )}
        </div>
        <div className="bar__tools">
          <Preferences />
          {settings.needsToken && (
            <Button
              variant="text"
              shape="square"
              aria-label={t.signOut}
              icon={<LogoutIcon />}
              onClick={signOut}
            />
          )}
        </div>
      </header>
      <main className="content" id="content" tabIndex={-1}>
        <h1 className="content__title">{names[current.title]}</h1>
        {/* A page begins anew for another brand. */}
        <ErrorBoundary
          key={`${current.path} ${brand.brandId}`}
          texts={{ title: t.broken, advice: t.brokenAdvice, reload: t.reload }}
        >
          <Suspense fallback={<Skeleton theme="paragraph" animation="gradient" />}>
            <Page key={brand.brandId} />
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
};
