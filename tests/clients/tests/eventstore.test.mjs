import * as api from "@eventstore/db-client";
import { witness } from "./witness.mjs";

witness("@eventstore/db-client", api.EventStoreDBClient.connectionString, api, (expectedRevision) => ({ expectedRevision }));
