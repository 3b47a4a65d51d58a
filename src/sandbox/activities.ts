import { refused } from './failure';
import { pageOf, type HandlerCall } from './handlers';
import { wireTime, type Activity } from './state';

/** An activity as returned; its state depends on the time. */
const shown = (activity: Activity, now: number) => {
  const { terminated, ...rest } = activity;
  const ended = Date.parse(activity.end_time) <= now;
  const begun = Date.parse(activity.begin_time) <= now;
  const state = terminated ? 'TERMINATED' : ended ? 'EXPIRED' : begun ? 'EFFECTIVE' : 'CREATED';
  return { ...rest, activity_state: `MEMBERSHIP_ACTIVITY_${state}` };
};

const activityOf = ({ state, brandId, args }: HandlerCall): Activity => {
  const found = state.activities.get(Number(args.activity_id));
  if (found === undefined) throw refused('activityMissing');
  if (found.brand_id !== brandId) throw refused('activityForeign');
  return found;
};

export const createActivity = ({ state, brandId, args, now }: HandlerCall) => {
  const template = state.template(brandId, String(args.card_id));
  if (template === undefined) throw refused('activityTemplateMissing');
  if (template.state !== 'CARD_EFFECTIVE') throw refused('activityTemplateInvalid');
  const own = [...state.activities.values()].filter(({ brand_id }) => brand_id === brandId);
  if (own.some(({ out_request_no }) => out_request_no === args.out_request_no))
    throw refused('requestNoTaken');
  const lives = (activity: Activity): boolean =>
    shown(activity, now).activity_state === 'MEMBERSHIP_ACTIVITY_EFFECTIVE';
  if (own.some((one) => one.card_id === args.card_id && lives(one))) throw refused('activityUnderWay');
  const activity: Activity = {
    ...(args as unknown as Activity),
    brand_id: brandId,
    activity_id: 10_001 + state.activities.size,
    apply_available: Number(args.apply_total),
    terminated: false,
    create_time: wireTime(now),
    modify_time: wireTime(now),
  };
  state.activities.set(activity.activity_id, activity);
  return shown(activity, now);
};

export const getActivity = (call: HandlerCall) => shown(activityOf(call), call.now);

export const listActivities = ({ state, brandId, args, now }: HandlerCall) => {
  const found = [...state.activities.values()]
    .filter((one) => one.brand_id === brandId)
    .filter((one) => args.card_id === undefined || one.card_id === args.card_id)
    .map((one) => shown(one, now))
    .filter((one) => args.activity_state === undefined || one.activity_state === args.activity_state);
  return pageOf(found, args);
};

export const updateActivity = (call: HandlerCall) => {
  const activity = activityOf(call);
  const { title, sub_title, begin_time, end_time } = call.args as unknown as Activity;
  const changed = { ...activity, title, sub_title, begin_time, end_time, modify_time: wireTime(call.now) };
  call.state.activities.set(changed.activity_id, changed);
  return shown(changed, call.now);
};

export const terminateActivity = (call: HandlerCall) => {
  const activity = activityOf(call);
  const ended = activity.terminated
    ? activity
    : { ...activity, terminated: true, modify_time: wireTime(call.now) };
  call.state.activities.set(ended.activity_id, ended);
  return shown(ended, call.now);
};
