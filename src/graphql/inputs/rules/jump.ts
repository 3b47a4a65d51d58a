import { Agreement } from './rule';

interface Jump {
  readonly jumpAppid?: string | null;
  readonly jumpPath?: string | null;
}

export const isWhole = (jump: Jump | null | undefined): boolean =>
  Boolean(jump?.jumpAppid) && Boolean(jump?.jumpPath);

/** 跳转 AppID 或路径为空 is refused: a jump needs all of its parts, or is left out. */
export const WholeJump = (name: string): PropertyDecorator =>
  Agreement(
    { code: 'REQUIRED', en: 'needs both jumpAppid and jumpPath', zh: '须同时填写 jumpAppid 和 jumpPath' },
    (owner: Readonly<Record<string, Jump | null | undefined>>) => isWhole(owner[name]),
  );
