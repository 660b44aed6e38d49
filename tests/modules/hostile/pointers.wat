;; Passes addresses outside memory to every host call, in three ways: an address beyond the end, a range that
;; begins inside and ends outside, and a length of 4 GiB. Every call must trap; 0 means that one was let through. Nothing at
;; the very end of memory is inside, nothing behind it is not.
;;! {"module":{"name":"pointers","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"name","type":"string"}],"indexes":[{"name":"by_name","columns":["name"]}]}}
;;! {"event":{"name":"noise","type":"bytes"}}
;;! {"reducer":{"name":"table_name_beyond"}}
;;! {"reducer":{"name":"index_name_beyond"}}
;;! {"reducer":{"name":"insert_row_beyond"}}
;;! {"reducer":{"name":"insert_out_beyond"}}
;;! {"reducer":{"name":"update_row_beyond"}}
;;! {"reducer":{"name":"delete_key_beyond"}}
;;! {"reducer":{"name":"get_key_beyond"}}
;;! {"reducer":{"name":"get_out_beyond"}}
;;! {"reducer":{"name":"scan_lower_beyond"}}
;;! {"reducer":{"name":"scan_upper_beyond"}}
;;! {"reducer":{"name":"next_out_beyond"}}
;;! {"reducer":{"name":"emit_name_beyond"}}
;;! {"reducer":{"name":"emit_payload_beyond"}}
;;! {"reducer":{"name":"returns_beyond"}}
;;! {"reducer":{"name":"fail_beyond"}}
;;! {"reducer":{"name":"log_beyond"}}
;;! {"reducer":{"name":"caller_module_beyond"}}
;;! {"reducer":{"name":"result_beyond"}}
;;! {"reducer":{"name":"log_of_nothing_at_the_end"}}
;;! {"reducer":{"name":"log_of_nothing_behind_the_end"}}
;;! {"reducer":{"name":"caller_module_of_nothing_at_the_end"}}
;;! {"reducer":{"name":"caller_module_of_nothing_behind_the_end"}}
;;! {"reducer":{"name":"table_name_of_nothing_behind_the_end"}}
;;! {"reducer":{"name":"table_name_across_the_end"}}
;;! {"reducer":{"name":"index_name_across_the_end"}}
;;! {"reducer":{"name":"insert_row_across_the_end"}}
;;! {"reducer":{"name":"insert_out_across_the_end"}}
;;! {"reducer":{"name":"update_row_across_the_end"}}
;;! {"reducer":{"name":"delete_key_across_the_end"}}
;;! {"reducer":{"name":"get_key_across_the_end"}}
;;! {"reducer":{"name":"get_out_across_the_end"}}
;;! {"reducer":{"name":"scan_lower_across_the_end"}}
;;! {"reducer":{"name":"scan_upper_across_the_end"}}
;;! {"reducer":{"name":"next_out_across_the_end"}}
;;! {"reducer":{"name":"emit_name_across_the_end"}}
;;! {"reducer":{"name":"emit_payload_across_the_end"}}
;;! {"reducer":{"name":"returns_across_the_end"}}
;;! {"reducer":{"name":"fail_across_the_end"}}
;;! {"reducer":{"name":"log_across_the_end"}}
;;! {"reducer":{"name":"caller_module_across_the_end"}}
;;! {"reducer":{"name":"result_across_the_end"}}
;;! {"reducer":{"name":"table_name_of_all_memory"}}
;;! {"reducer":{"name":"index_name_of_all_memory"}}
;;! {"reducer":{"name":"insert_row_of_all_memory"}}
;;! {"reducer":{"name":"insert_out_of_all_memory"}}
;;! {"reducer":{"name":"update_row_of_all_memory"}}
;;! {"reducer":{"name":"delete_key_of_all_memory"}}
;;! {"reducer":{"name":"get_key_of_all_memory"}}
;;! {"reducer":{"name":"get_out_of_all_memory"}}
;;! {"reducer":{"name":"scan_lower_of_all_memory"}}
;;! {"reducer":{"name":"scan_upper_of_all_memory"}}
;;! {"reducer":{"name":"next_out_of_all_memory"}}
;;! {"reducer":{"name":"emit_name_of_all_memory"}}
;;! {"reducer":{"name":"emit_payload_of_all_memory"}}
;;! {"reducer":{"name":"returns_of_all_memory"}}
;;! {"reducer":{"name":"fail_of_all_memory"}}
;;! {"reducer":{"name":"log_of_all_memory"}}
;;! {"reducer":{"name":"caller_module_of_all_memory"}}
;;! {"reducer":{"name":"result_of_all_memory"}}
;;! {"reducer":{"name":"caller_beyond"}}
;;! {"reducer":{"name":"caller_across_the_end"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "index" (func $index (param i32 i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "scan" (func $scan (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "next" (func $next (param i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (import "interstice" "fail" (func $fail (param i32 i32)))
  (import "interstice" "log" (func $log (param i32 i32 i32)))
  (import "interstice" "caller" (func $caller (param i32)))
  (import "interstice" "caller_module" (func $caller_module (param i32 i32) (result i32)))
  (import "interstice" "result" (func $result (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rows")
  (data (i32.const 8) "by_name")
  (data (i32.const 16) "noise")
  (data (i32.const 128) "\01\01\00\00\00\00\00\00\00")
  (global $rows (mut i32) (i32.const -1))
  (global $by_name (mut i32) (i32.const -1))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 60000))
  (func (export "interstice_init")
    (global.set $rows (call $table (i32.const 0) (i32.const 4)))
    (global.set $by_name (call $index (global.get $rows) (i32.const 8) (i32.const 7))))
  (func (export "reducer:table_name_beyond") (param i32 i32) (result i32)
    (drop (call $table (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:index_name_beyond") (param i32 i32) (result i32)
    (drop (call $index (global.get $rows) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:insert_row_beyond") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 0xfffffff0) (i32.const 64) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:insert_out_beyond") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:update_row_beyond") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:delete_key_beyond") (param i32 i32) (result i32)
    (drop (call $delete (global.get $rows) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:get_key_beyond") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 0xfffffff0) (i32.const 64) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:get_out_beyond") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $get (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:scan_lower_beyond") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 0xfffffff0) (i32.const 64) (i32.const 128) (i32.const 9) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:scan_upper_beyond") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 0xfffffff0) (i32.const 64) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:next_out_beyond") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $next (call $scan (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:emit_name_beyond") (param i32 i32) (result i32)
    (call $emit (i32.const 0xfffffff0) (i32.const 64) (i32.const 160) (i32.const 12))
    (i32.const 0))
  (func (export "reducer:emit_payload_beyond") (param i32 i32) (result i32)
    (call $emit (i32.const 16) (i32.const 5) (i32.const 0xfffffff0) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:returns_beyond") (param i32 i32) (result i32)
    (call $returns (i32.const 0xfffffff0) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:fail_beyond") (param i32 i32) (result i32)
    (call $fail (i32.const 0xfffffff0) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:log_beyond") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 0xfffffff0) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:caller_module_beyond") (param i32 i32) (result i32)
    (drop (call $caller_module (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:result_beyond") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 160) (i32.const 12)))
    (drop (call $result (i32.const 0xfffffff0) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:log_of_nothing_at_the_end") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 65536) (i32.const 0))
    (i32.const 0))
  (func (export "reducer:log_of_nothing_behind_the_end") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 65537) (i32.const 0))
    (i32.const 0))
  (func (export "reducer:caller_module_of_nothing_at_the_end") (param i32 i32) (result i32)
    (drop (call $caller_module (i32.const 65536) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:caller_module_of_nothing_behind_the_end") (param i32 i32) (result i32)
    (drop (call $caller_module (i32.const 65537) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:table_name_of_nothing_behind_the_end") (param i32 i32) (result i32)
    (drop (call $table (i32.const -1) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:table_name_across_the_end") (param i32 i32) (result i32)
    (drop (call $table (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:index_name_across_the_end") (param i32 i32) (result i32)
    (drop (call $index (global.get $rows) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:insert_row_across_the_end") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 65500) (i32.const 64) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:insert_out_across_the_end") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:update_row_across_the_end") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:delete_key_across_the_end") (param i32 i32) (result i32)
    (drop (call $delete (global.get $rows) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:get_key_across_the_end") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 65500) (i32.const 64) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:get_out_across_the_end") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $get (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:scan_lower_across_the_end") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 65500) (i32.const 64) (i32.const 128) (i32.const 9) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:scan_upper_across_the_end") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 65500) (i32.const 64) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:next_out_across_the_end") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $next (call $scan (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:emit_name_across_the_end") (param i32 i32) (result i32)
    (call $emit (i32.const 65500) (i32.const 64) (i32.const 160) (i32.const 12))
    (i32.const 0))
  (func (export "reducer:emit_payload_across_the_end") (param i32 i32) (result i32)
    (call $emit (i32.const 16) (i32.const 5) (i32.const 65500) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:returns_across_the_end") (param i32 i32) (result i32)
    (call $returns (i32.const 65500) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:fail_across_the_end") (param i32 i32) (result i32)
    (call $fail (i32.const 65500) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:log_across_the_end") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 65500) (i32.const 64))
    (i32.const 0))
  (func (export "reducer:caller_module_across_the_end") (param i32 i32) (result i32)
    (drop (call $caller_module (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:result_across_the_end") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 160) (i32.const 12)))
    (drop (call $result (i32.const 65500) (i32.const 64)))
    (i32.const 0))
  (func (export "reducer:table_name_of_all_memory") (param i32 i32) (result i32)
    (drop (call $table (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:index_name_of_all_memory") (param i32 i32) (result i32)
    (drop (call $index (global.get $rows) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:insert_row_of_all_memory") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 0) (i32.const -1) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:insert_out_of_all_memory") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:update_row_of_all_memory") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:delete_key_of_all_memory") (param i32 i32) (result i32)
    (drop (call $delete (global.get $rows) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:get_key_of_all_memory") (param i32 i32) (result i32)
    (drop (call $get (global.get $rows) (i32.const 0) (i32.const -1) (i32.const 512) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:get_out_of_all_memory") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $get (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:scan_lower_of_all_memory") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 0) (i32.const -1) (i32.const 128) (i32.const 9) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:scan_upper_of_all_memory") (param i32 i32) (result i32)
    (drop (call $scan (global.get $rows) (i32.const 128) (i32.const 9) (i32.const 0) (i32.const -1) (i32.const 0)))
    (i32.const 0))
  (func (export "reducer:next_out_of_all_memory") (param i32 i32) (result i32)
    (drop (call $insert (global.get $rows) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 512)))
    (drop (call $next (call $scan (global.get $rows) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:emit_name_of_all_memory") (param i32 i32) (result i32)
    (call $emit (i32.const 0) (i32.const -1) (i32.const 160) (i32.const 12))
    (i32.const 0))
  (func (export "reducer:emit_payload_of_all_memory") (param i32 i32) (result i32)
    (call $emit (i32.const 16) (i32.const 5) (i32.const 0) (i32.const -1))
    (i32.const 0))
  (func (export "reducer:returns_of_all_memory") (param i32 i32) (result i32)
    (call $returns (i32.const 0) (i32.const -1))
    (i32.const 0))
  (func (export "reducer:fail_of_all_memory") (param i32 i32) (result i32)
    (call $fail (i32.const 0) (i32.const -1))
    (i32.const 0))
  (func (export "reducer:log_of_all_memory") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 0) (i32.const -1))
    (i32.const 0))
  (func (export "reducer:caller_module_of_all_memory") (param i32 i32) (result i32)
    (drop (call $caller_module (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:result_of_all_memory") (param i32 i32) (result i32)
    (drop (call $update (global.get $rows) (i32.const 160) (i32.const 12)))
    (drop (call $result (i32.const 0) (i32.const -1)))
    (i32.const 0))
  (func (export "reducer:caller_beyond") (param i32 i32) (result i32)
    (call $caller (i32.const 0xfffffff0))
    (i32.const 0))
  (func (export "reducer:caller_across_the_end") (param i32 i32) (result i32)
    (call $caller (i32.const 65505))
    (i32.const 0)))
