;; A string that counts up.
;;! {"module":{"name":"auto_increment_string","version":"1.0.0","abi":1}}
;;! {"table":{"name":"accounts","columns":[{"name":"id","type":"string","primaryKey":true,"autoInc":true}]}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
