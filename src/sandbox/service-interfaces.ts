import { createActivity, getActivity, listActivities, terminateActivity, updateActivity } from './activities';
import { both, paging, partnerOnly, type SandboxInterface } from './interface';
import { may, must } from './rules';
import { confirmExchange, createFeed, createPreAuthToken, syncPoints } from './services';
import * as shapes from './shapes';

const activityParameter = { name: 'activity_id', field: must(shapes.activityId) };

/** Interfaces other than templates and cards: tokens, feeds, points, activities. */
export const serviceInterfaces: readonly SandboxInterface[] = [
  {
    name: 'CREATE_PRE_AUTH_TOKEN',
    method: 'POST',
    path: '/pre-auth-tokens',
    routes: both,
    takes: shapes.createPreAuthToken,
    sealed: false,
    handle: createPreAuthToken,
  },
  {
    name: 'CREATE_USER_FEED',
    method: 'POST',
    path: '/user-feeds',
    routes: both,
    takes: shapes.createFeed,
    sealed: false,
    notOpened: 'brandNotOpened',
    handle: createFeed,
  },
  {
    name: 'SYNC_USER_POINTS',
    method: 'POST',
    path: '/user-points/sync',
    routes: both,
    takes: shapes.syncPoints,
    sealed: false,
    handle: syncPoints,
  },
  {
    name: 'CONFIRM_POINT_EXCHANGE_COUPON',
    method: 'POST',
    path: '/user-points/exchange-coupon/confirm',
    routes: both,
    takes: shapes.confirmExchange,
    sealed: false,
    handle: confirmExchange,
  },
  {
    name: 'CREATE_MEMBERSHIP_ACTIVITY',
    method: 'POST',
    path: '/membership-activities',
    routes: partnerOnly,
    takes: shapes.createActivity,
    sealed: false,
    handle: createActivity,
  },
  {
    name: 'LIST_MEMBERSHIP_ACTIVITIES',
    method: 'GET',
    path: '/membership-activities',
    routes: partnerOnly,
    takes: { ...paging, card_id: may(shapes.cardId), activity_state: may(shapes.activityState) },
    sealed: false,
    handle: listActivities,
  },
  {
    name: 'GET_MEMBERSHIP_ACTIVITY',
    method: 'GET',
    path: '/membership-activities/{}',
    routes: partnerOnly,
    parameter: activityParameter,
    takes: {},
    sealed: false,
    handle: getActivity,
  },
  {
    name: 'UPDATE_MEMBERSHIP_ACTIVITY',
    method: 'PATCH',
    path: '/membership-activities/{}',
    routes: partnerOnly,
    parameter: activityParameter,
    takes: shapes.updateActivity,
    sealed: false,
    handle: updateActivity,
  },
  {
    name: 'TERMINATE_MEMBERSHIP_ACTIVITY',
    method: 'POST',
    path: '/membership-activities/{}/terminate',
    routes: partnerOnly,
    parameter: activityParameter,
    takes: {},
    sealed: false,
    handle: terminateActivity,
  },
];
