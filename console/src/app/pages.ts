import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import {
  CardIcon,
  ChartBarIcon,
  HistoryIcon,
  NotificationIcon,
  UploadIcon,
  UserSearchIcon,
} from 'tdesign-icons-react';
import { inBoth } from '../i18n/texts';

export interface PageEntry {
  /** After `#/` in the address. */
  readonly path: string;
  readonly title: keyof (typeof titles)['zh'];
  readonly icon: typeof UserSearchIcon;
  /** Loaded when it is first opened. */
  readonly page: LazyExoticComponent<ComponentType>;
}

export const titles = inBoth(
  {
    members: '会员查询',
    templates: '卡模板',
    bulk: '批量任务',
    events: '实时事件',
    budget: '额度与健康',
    audit: '审计',
  },
  {
    members: 'Members',
    templates: 'Templates',
    bulk: 'Bulk',
    events: 'Live events',
    budget: 'Budget and health',
    audit: 'Audit',
  },
);

/** The console's pages in the order of its menu. */
export const pages: readonly [PageEntry, ...PageEntry[]] = [
  {
    path: 'members',
    title: 'members',
    icon: UserSearchIcon,
    page: lazy(() => import('../pages/members/members-page')),
  },
  {
    path: 'templates',
    title: 'templates',
    icon: CardIcon,
    page: lazy(() => import('../pages/templates/templates-page')),
  },
  {
    path: 'bulk',
    title: 'bulk',
    icon: UploadIcon,
    page: lazy(() => import('../pages/bulk/bulk-page')),
  },
  {
    path: 'events',
    title: 'events',
    icon: NotificationIcon,
    page: lazy(() => import('../pages/events/events-page')),
  },
  {
    path: 'budget',
    title: 'budget',
    icon: ChartBarIcon,
    page: lazy(() => import('../pages/budget/budget-page')),
  },
  {
    path: 'audit',
    title: 'audit',
    icon: HistoryIcon,
    page: lazy(() => import('../pages/audit/audit-page')),
  },
];
