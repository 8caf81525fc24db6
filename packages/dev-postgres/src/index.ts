export {
  isReachable,
  postgresBinaries,
  postgresMajor,
  runProgram,
  SHARED_STATE,
  serverUser,
} from './binaries.ts'
export { DevPostgresError } from './error.ts'
