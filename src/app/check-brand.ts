import type { Config } from '../config/config';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { createKeyRing } from '../shared/key-ring';
import { checkTemplates, type BrandCheck } from './check-templates';
import { openCredentials } from './credentials';
import { openSharedState } from './shared-state';
import { teeHooks } from '../traffic/calls/tee-hooks';
import { createUpstream, type Upstream } from './upstream';
import type { Account } from '../wechatpay/accounts/account';
import { partnersIn } from '../wechatpay/accounts/accounts';
import { readable } from '../wechatpay/api/reads';
import { createCallPolicies } from './call-policies';
import { createUpstreamClock } from '../wechatpay/crypto/upstream-clock';
import type { CardTemplateRecord } from '../wechatpay/records/records';
import type { BrandSettings, Route } from '../wechatpay/settings';

const deadlineMs = 6_000;
const caller = 'check-brand';

/**
 * Proves the credentials of one brand against WeChat Pay, on each of its routes, with calls that change nothing: its list of
 * templates (at most two calls a route) and, with an APIv3 key, the download of certificates. They count in the brand's limit, but
 * not in the budget that running servers share.
 */
export const checkBrand = async (
  config: Config,
  brand: BrandSettings,
  clock: Clock,
): Promise<readonly BrandCheck[]> => {
  const { brandCredentials } = config.wechatPay;
  const hasPartner = partnersIn(config.wechatPay).length > 0;
  const hasOwn = brandCredentials.some(({ brandId }) => brandId === brand.brandId);
  const routes: readonly Route[] =
    brand.route === 'auto'
      ? [...(hasOwn ? ['brand' as const] : []), ...(hasPartner ? ['partner' as const] : [])]
      : [brand.route];
  const checks: BrandCheck[] = [];
  let templates: readonly CardTemplateRecord[] | undefined;
  for (const route of routes) {
    const found = await checkRoute(config, { ...brand, route }, clock);
    checks.push(...found.checks);
    templates ??= found.templates;
  }
  return [...checks, ...(templates === undefined ? [] : checkTemplates(templates, config))];
};

interface RouteNames {
  readonly route: Route;
  /** Where the configuration holds the credential. */
  readonly section: string;
}

/** The subjects that the list of templates proves. */
const provenByList = (route: Route) =>
  ({
    own: `${route} route: serial and private key`,
    ofWeChatPay: `${route} route: WeChat Pay's key`,
  }) as const;

const checkRoute = async (
  config: Config,
  brand: BrandSettings & { readonly route: Route },
  clock: Clock,
): Promise<{
  readonly checks: readonly BrandCheck[];
  readonly templates?: readonly CardTemplateRecord[];
}> => {
  const { route, brandId } = brand;
  const { upstream, close } = await openUpstream(
    { ...config, wechatPay: { ...config.wechatPay, brands: [brand] } },
    clock,
  );
  const { accounts, members } = upstream;
  const section =
    route === 'brand'
      ? `brandCredentials (${brandId})`
      : brand.partner === undefined
        ? 'partner'
        : `partners (${brand.partner})`;
  const { own, ofWeChatPay } = provenByList(route);
  const checks: BrandCheck[] = [];
  try {
    const account = accounts.get(accounts.of(brandId, [route]));
    const { serial } = account.signer();
    checks.push(await checkApiKey(account, upstream, { route, section }));
    const page = await members.cardTemplates(
      { brandId, state: undefined, offset: 0 },
      { caller, lane: 'interactive', canAccess: () => true, deadline: clock.now() + deadlineMs, maxAgeMs: 0 },
    );
    const publicKey = account.publicKeyId();
    return {
      checks: [
        { subject: own, state: 'ok', detail: `WeChat Pay accepts ${serial}` },
        {
          subject: ofWeChatPay,
          state: 'ok',
          detail: `its response is signed by ${publicKey ?? 'a platform certificate'}`,
        },
        ...checks,
      ],
      templates: readable(page.items).map(({ record }) => record),
    };
  } catch (error) {
    return { checks: [...failuresOf(error, { route, section }), ...checks] };
  } finally {
    await close();
  }
};

/** Without a shared store: a check must also work from a machine that does not reach it. */
const openUpstream = async (
  config: Config,
  clock: Clock,
): Promise<{ readonly upstream: Upstream; readonly close: () => Promise<void> }> => {
  const keys = createKeyRing(config.encryptionKeys);
  const state = await openSharedState({
    config: {},
    keys,
    clock,
    random: Math.random,
    onStoreChange: () => undefined,
  });
  const credentials = openCredentials(config, clock);
  const upstream = createUpstream({
    config,
    keys,
    clock,
    random: Math.random,
    state,
    accounts: credentials.accounts,
    upstreamClock: createUpstreamClock(clock),
    policies: createCallPolicies(config),
    observeCall: () => undefined,
    hooks: teeHooks(),
    onHostChange: () => undefined,
  });
  return {
    upstream,
    async close() {
      upstream.certificates.stop();
      await upstream.transport.close();
      await credentials.close();
      await state.stop();
    },
  };
};

/** Only WeChat Pay's certificates are encrypted for the APIv3 key, beside notifications. Nothing is for the brand API key. */
const checkApiKey = async (
  account: Account,
  { certificates }: Upstream,
  { route, section }: RouteNames,
): Promise<BrandCheck> => {
  const subject = route === 'brand' ? 'brand route: brand API key' : 'partner route: APIv3 key';
  const setting = `${section}.${route === 'brand' ? 'apiKeyFile' : 'apiV3KeyFile'}`;
  if (account.symmetricKeys().length === 0)
    return { subject, setting, state: 'unproven', detail: 'not configured: notifications cannot be read' };
  if (route === 'partner') {
    await certificates.refresh(account, anySerial);
    const failure = certificates.failure(account);
    if (failure === undefined)
      return { subject, state: 'ok', detail: 'it decrypts a certificate that WeChat Pay sent' };
    if (failure.code !== 'NOT_FOUND')
      return { subject, setting, state: 'failed', detail: failure.hint?.[0] ?? failure.message };
  }
  return {
    subject,
    setting,
    state: 'unproven',
    detail: 'only notifications need it: open a card, and look for a refusal in the log',
  };
};

/** Of no certificate: it makes the refresh download. */
const anySerial = '00000000';

/** What is proven of the credential if the list of templates fails: a line for each subject, as when it succeeds. */
const failuresOf = (error: unknown, { route, section }: RouteNames): readonly BrandCheck[] => {
  if (!(error instanceof AppError)) throw error;
  const { own, ofWeChatPay } = provenByList(route);
  const { code, message, hint, upstream } = error;
  const said = upstream?.wechatCode === undefined ? '' : ` (${upstream.wechatCode}, HTTP ${upstream.status})`;
  const failed = { state: 'failed', detail: `${hint?.[0] ?? message}${said}` } as const;
  const keys = `${section}.publicKeys`;
  if (code === 'UPSTREAM_SIGNATURE_INVALID')
    return [
      { subject: own, state: 'unproven', detail: 'its response could not be verified', setting: section },
      { subject: ofWeChatPay, ...failed, setting: keys },
    ];
  const setting = code === 'UPSTREAM_UNAVAILABLE' ? 'hosts, network' : section;
  const unproven = {
    subject: ofWeChatPay,
    state: 'unproven',
    detail: 'only the response to an accepted call proves it',
    setting: keys,
  } as const;
  // Whoever may not read templates has been recognised all the same, but WeChat Pay promises no order of its checks.
  if (code === 'UPSTREAM_FORBIDDEN')
    return [
      {
        subject: own,
        state: 'unproven',
        detail: 'the call was refused for another reason',
        setting: section,
      },
      unproven,
      { subject: `${route} route: permission`, ...failed, setting },
    ];
  return [{ subject: own, ...failed, setting }, unproven];
};
