;; interstice_init does what it may not (insert): nothing of the module may run.
;;! {"module":{"name":"init_insert","version":"1.0.0","abi":1}}
;;! {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"name","type":"string"}],"indexes":[{"name":"by_name","columns":["name"]}]}}
;;! {"reducer":{"name":"noop"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rows")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 60000))
  (func (export "interstice_init")
    (drop (call $insert (call $table (i32.const 0) (i32.const 4)) (i32.const 160) (i32.const 12) (i32.const 512) (i32.const 64))))
  (func (export "reducer:noop") (param i32 i32) (result i32)
    (nop)
    (i32.const 0)))
