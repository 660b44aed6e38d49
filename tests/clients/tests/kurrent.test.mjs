import * as api from "@kurrent/kurrentdb-client";
import { witness } from "./witness.mjs";

const connect = (address) => api.KurrentDBClient.connectionString(address.replace("esdb:", "kurrentdb:"));
witness("@kurrent/kurrentdb-client", connect, api, (streamState) => ({ streamState }));
