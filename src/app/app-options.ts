import type { Config } from '../config/config';
import type { ConfirmEvent } from '../notifications/confirm';
import type { NotificationObserver } from '../notifications/receive';
import type { ConsoleOptions } from '../server/console/console';
import type { ExplorerOptions } from '../server/explorer/explorer';
import type { ErrorReport } from '../server/graphql/format-error';
import type { Clock } from '../shared/clock';
import type { CallObserver } from '../traffic/calls/hooks';
import type { Observers } from './observers';

/** What an application is made of that differs between production and tests. */
export interface AppOptions extends Observers {
  readonly config: Config;
  readonly clock: Clock;
  readonly observeCall: CallObserver;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly reportError: (report: ErrorReport) => void;
  /** The page for developers. Default: none. */
  readonly explorer?: ExplorerOptions;
  /** The pages for people who look after members; served if `http.console` is true. Default: none. */
  readonly console?: ConsoleOptions;
}
