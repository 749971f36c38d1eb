/**
 * The one way in which this project has zod: told not to compile validators at run time, which a strict content security
 * policy forbids and a root process should not do. It has to be told before the first schema is made.
 */
import * as z from 'zod';

z.config({ jitless: true });

export { z };
