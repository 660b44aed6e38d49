;; Host calls that a correct guest SDK cannot make. Every call must trap; 0 means that one was let through.
;;! {"module":{"name":"misuse","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"name","type":"string"}],"indexes":[{"name":"by_name","columns":["name"]}]}}
;;! {"event":{"name":"noise","type":"bytes"}}
;;! {"reducer":{"name":"unknown_table_name"}}
;;! {"reducer":{"name":"empty_table_name"}}
;;! {"reducer":{"name":"table_name_not_utf8"}}
;;! {"reducer":{"name":"unknown_index_name"}}
;;! {"reducer":{"name":"index_of_unknown_table"}}
;;! {"reducer":{"name":"unknown_event_name"}}
;;! {"reducer":{"name":"insert_into_unknown_table"}}
;;! {"reducer":{"name":"insert_into_negative_table"}}
;;! {"reducer":{"name":"insert_through_an_index"}}
;;! {"reducer":{"name":"update_unknown_table"}}
;;! {"reducer":{"name":"update_through_an_index"}}
;;! {"reducer":{"name":"delete_from_unknown_table"}}
;;! {"reducer":{"name":"delete_through_an_index"}}
;;! {"reducer":{"name":"get_from_unknown_table"}}
;;! {"reducer":{"name":"get_from_index_that_is_not_unique"}}
;;! {"reducer":{"name":"scan_unknown_table"}}
;;! {"reducer":{"name":"scan_with_unknown_flag"}}
;;! {"reducer":{"name":"next_of_unknown_iterator"}}
;;! {"reducer":{"name":"next_of_closed_iterator"}}
;;! {"reducer":{"name":"close_unknown_iterator"}}
;;! {"reducer":{"name":"count_unknown_table"}}
;;! {"reducer":{"name":"key_without_columns"}}
;;! {"reducer":{"name":"key_of_no_bytes"}}
;;! {"reducer":{"name":"key_of_too_many_columns"}}
;;! {"reducer":{"name":"key_cut_short"}}
;;! {"reducer":{"name":"key_with_bytes_behind"}}
;;! {"reducer":{"name":"bound_of_too_many_columns"}}
;;! {"reducer":{"name":"bound_not_utf8"}}
;;! {"reducer":{"name":"log_not_utf8"}}
;;! {"reducer":{"name":"log_of_unknown_level"}}
;;! {"reducer":{"name":"fail_not_utf8"}}
;;! {"reducer":{"name":"result_missing","result":"i32"}}
;;! {"reducer":{"name":"result_cut_short","result":"i32"}}
;;! {"reducer":{"name":"result_too_long","result":"i32"}}
;;! {"reducer":{"name":"result_undeclared"}}
;;! {"query":{"name":"query_inserts","result":"i32"}}
;;! {"query":{"name":"query_updates","result":"i32"}}
;;! {"query":{"name":"query_deletes","result":"i32"}}
;;! {"query":{"name":"query_emits","result":"i32"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "index" (func $index (param i32 i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "scan" (func $scan (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "next" (func $next (param i32 i32 i32) (result i32)))
  (import "interstice" "close" (func $close (param i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rows")
  (data (i32.const 8) "by_name")
  (data (i32.const 16) "noise")
  (data (i32.const 128) "\01\01\00\00\00\00\00\00\00")
  (data (i32.const 24) "nothing")
  (data (i32.const 40) "\ff\fe")
  (data (i32.const 192) "\01\00\00\00\00")
  (data (i32.const 200) "\00")
  (data (i32.const 208) "\02\01\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00")
  (data (i32.const 232) "\01\01\00\00\00\ff")
  (global $rows (mut i32) (i32.const -1))
  (global $by_name (mut i32) (i32.const -1))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 60000))
  (func (export "interstice_init")
    (global.set $rows (call $table (i32.const 0) (i32.const 4)))
    (global.set $by_name (call $index (global.get $rows) (i32.const 8) (i32.const 7))))
  (func (export "reducer:unknown_table_name") (param i32 i32) (result i32)
    (drop (call $table (i32.const 24) (i32.const 7)))
    (i32.const 0))
  (func (export "reducer:empty_table_name") (param i32 i32) (result i32)
    (drop (call $table (i32.const 0) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:table_name_not_utf8") (param i32 i32) (result i32)
    (drop (call $table (i32.const 40) (i32.const 2)))
    (i32.const 0))
  (func (export "reducer:unknown_index_name") (param i32 i32) (result i32)
    (drop (call $index (global.get $rows) (i32.const 24) (i32.const 7)))
    (i32.const 0))
  (func (export "reducer:index_of_unknown_table") (param i32 i32) (result i32)
    (drop (call $index (i32.const 99) (i32.const 8) (i32.const 7)))
    (i32.const 0))
  (func (export "reducer:unknown_event_name") (param i32 i32) (result i32)
    (call $emit (i32.const 24) (i32.const 7) (i32.const 160) (i32.const 12))
    (i32.const 0))
  (func (export "reducer:insert_into_unknown_table") (param i32 i32) (result i32)
    (drop (call $insert (i32.const 99) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:insert_into_negative_table") (param i32 i32) (result i32)
    (drop (call $insert (i32.const -1) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:insert_through_an_index") (param i32 i32) (result i32)
    (drop (call $insert (global.get $by_name) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:update_unknown_table") (param i32 i32) (result i32)
    (drop (call $update (i32.const 99) (i32.const 160) (i32.const 12)))
    (i32.const 0))
  (func (export "reducer:update_through_an_index") (param i32 i32) (result i32)
    (drop (call $update (global.get $by_name) (i32.const 160) (i32.const 12)))
    (i32.const 0))
  (func (export "reducer:delete_from_unknown_table") (param i32 i32) (result i32)
    (drop (call $delete (i32.const 99) (i32.const 128) (i32.const 9)))
    (i32.const 0))
  (func (export "reducer:delete_through_an_index") (param i32 i32) (result i32)
    (drop (call $delete (global.get $by_name) (i32.const 192) (i32.const 5)))
    (i32.const 0))
  (func (export "reducer:get_from_unknown_table") (param i32 i32) (result i32)
    (drop (call $get (i32.const 99) (i32.const 128) (i32.const 9) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:get_from_index_that_is_not_unique") (param i32 i32) (result i32)
    (drop (call $get (global.get $by_name) (i32.const 192) (i32.const 5) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:scan_unknown_table") (param i32 i32) (result i32)
    (drop (call $scan (i32.const 99) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:scan_with_unknown_flag") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))
    (i32.const 0))
  (func (export "reducer:next_of_unknown_iterator") (param i32 i32) (result i32)
    (drop (call $next (i32.const 99) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:next_of_closed_iterator") (param i32 i32) (result i32)
    (local $i i32)
    (local.set $i (call $scan (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (call $close (local.get $i))
    (drop (call $next (local.get $i) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:close_unknown_iterator") (param i32 i32) (result i32)
    (call $close (i32.const 99))
    (i32.const 0))
  (func (export "reducer:count_unknown_table") (param i32 i32) (result i32)
    (drop (call $count (i32.const 99)))
    (i32.const 0))
  (func (export "reducer:key_without_columns") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 200) (i32.const 1) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:key_of_no_bytes") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:key_of_too_many_columns") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 208) (i32.const 17) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:key_cut_short") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 128) (i32.const 8) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:key_with_bytes_behind") (param i32 i32) (result i32)
    (drop (call $delete (global.get $rows) (i32.const 128) (i32.const 10)))
    (i32.const 0))
  (func (export "reducer:bound_of_too_many_columns") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 208) (i32.const 17) (i32.const 0) (i32.const 0) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:bound_not_utf8") (param i32 i32) (result i32)
    (drop (call $scan (global.get $by_name) (i32.const 232) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:log_not_utf8") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 40) (i32.const 2))
    (i32.const 0))
  (func (export "reducer:log_of_unknown_level") (param i32 i32) (result i32)
    (call $log (i32.const 6) (i32.const 0) (i32.const 4))
    (i32.const 0))
  (func (export "reducer:fail_not_utf8") (param i32 i32) (result i32)
    (call $fail (i32.const 40) (i32.const 2))
    (i32.const 0))
  (func (export "reducer:result_missing") (param i32 i32) (result i32)
    (nop)
    (i32.const 0))
  (func (export "reducer:result_cut_short") (param i32 i32) (result i32)
    (call $returns (i32.const 0) (i32.const 3))
    (i32.const 0))
  (func (export "reducer:result_too_long") (param i32 i32) (result i32)
    (call $returns (i32.const 0) (i32.const 5))
    (i32.const 0))
  (func (export "reducer:result_undeclared") (param i32 i32) (result i32)
    (call $returns (i32.const 0) (i32.const 4))
    (i32.const 0))
  (func (export "query:query_inserts") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "query:query_updates") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 160) (i32.const 12)))
    (i32.const 0))
  (func (export "query:query_deletes") (param i32 i32) (result i32)
    (drop (call $delete (global.get $rows) (i32.const 128) (i32.const 9)))
    (i32.const 0))
  (func (export "query:query_emits") (param i32 i32) (result i32)
    (call $emit (i32.const 16) (i32.const 5) (i32.const 248) (i32.const 4))
    (i32.const 0)))
