;; Its schema has two module declarations.
;;! {"module":{"name":"schema_two_modules","version":"1.0.0","abi":1}}
;;! {"module":{"name":"other","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
