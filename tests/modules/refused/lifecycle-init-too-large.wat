;; Its init writes more than one transaction may have: it cannot be published.
;;! {"module":{"name":"init_too_large","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"content","type":"bytes"}]}}
;;! {"reducer":{"name":"begin","lifecycle":"init"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 16)
  (data (i32.const 0) "rows")
  (global $rows (mut i32) (i32.const 0))
  (func (export "interstice_init") (global.set $rows (call $table (i32.const 0) (i32.const 4))))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  ;; Fewer bytes than the limit, and more of them as text.
  (func (export "reducer:begin") (param i32 i32) (result i32)
    (i64.store (i32.const 4096) (i64.const 0))
    (i32.store (i32.const 4104) (i32.const 420000))
    (drop (call $insert (global.get $rows) (i32.const 4096) (i32.const 420012) (i32.const 4096) (i32.const 420012)))
    (i32.const 0)))
