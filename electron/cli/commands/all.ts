import type { Command } from '../command.ts';
import { allowedIps } from './allowed-ips.ts';
import { check } from './check.ts';
import { clusterGateway } from './cluster/gateway.ts';
import { clusterGraph } from './cluster/graph.ts';
import { clusterImport } from './cluster/import.ts';
import { clusterInspect } from './cluster/inspect.ts';
import { clusterManifest } from './cluster/manifest.ts';
import { clusterOverlaps } from './cluster/overlaps.ts';
import { clusterProfile } from './cluster/profile.ts';
import { clusterSync } from './cluster/sync.ts';
import { diagnose } from './diagnose.ts';
import { down } from './down.ts';
import { exportProfiles } from './export.ts';
import { explain } from './explain.ts';
import { format } from './format.ts';
import { helper } from './helper.ts';
import { importFiles } from './import.ts';
import { list } from './list.ts';
import { newProfile } from './new.ts';
import { plan } from './plan.ts';
import { recover } from './recover.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { serve } from './serve.ts';
import { set } from './set.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { unblock } from './unblock.ts';
import { up } from './up.ts';

/** Every command, in the order in which the help shows them. */
export const commands: readonly Command[] = [
  newProfile,
  importFiles,
  list,
  show,
  exportProfiles,
  set,
  rename,
  remove,
  check,
  format,
  up,
  down,
  status,
  unblock,
  plan,
  explain,
  diagnose,
  allowedIps,
  clusterInspect,
  clusterProfile,
  clusterImport,
  clusterSync,
  clusterGateway,
  clusterGraph,
  clusterManifest,
  clusterOverlaps,
  serve,
  helper,
  recover,
];
