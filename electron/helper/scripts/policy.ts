import { z } from '../../../shared/contract/schema.ts';
import { userNamed } from '../system/passwd.ts';

/** The largest number of a user that there is; the one above it stands for nobody. */
const lastUser = 0xffff_fffe;

/** What root allows on this machine: the contents of the policy file. */
const policyDocument = z.strictObject({
  scripts: z.strictObject({
    /** The users whose tunnels may run scripts, as root: by number, or by their name in /etc/passwd. */
    users: z
      .array(z.union([z.int().min(0).max(lastUser), z.string().regex(/^[^\s:\p{Cc}]{1,64}$/u)]))
      .max(1000),
  }),
});

/** {@link policyDocument}, read. */
export type Policy = z.output<typeof policyDocument>;

/**
 * Reads the text of a policy. What is not known in it is refused: a word that was meant to forbid something must not be passed over.
 *
 * @throws Error that says what is wrong with it
 */
export function parsePolicy(text: string): Policy {
  const policy = policyDocument.safeParse(JSON.parse(text));
  if (policy.success) return policy.data;
  const [issue] = policy.error.issues;
  const at = issue?.path.join('.') ?? '';
  throw new Error(`${at === '' ? 'as a whole' : at}: ${issue?.message ?? 'not a policy'}`);
}

/** Whether scripts of a user's tunnels may run. A name that nobody has allows nobody. @param passwd the text of /etc/passwd */
export function allowsScriptsOf(user: number, { scripts }: Policy, passwd: string): boolean {
  return scripts.users.some((each) =>
    typeof each === 'number' ? each === user : userNamed(each, passwd)?.user === user,
  );
}

/** The text of the policy that allows scripts to one more user. */
export function policyTextWith(user: number, policy: Policy | null): string {
  return JSON.stringify({ scripts: { users: [...(policy?.scripts.users ?? []), user] } });
}
