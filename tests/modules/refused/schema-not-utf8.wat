;; Its schema is not UTF-8.
;;! {"module":{"name":"schema_not_utf8","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
;;! {"table":{"name":"acc\xff\xfeounts","columns":[]}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
