;; A primary key that is a list.
;;! {"module":{"name":"key_is_list","version":"1.0.0","abi":1}}
;;! {"table":{"name":"accounts","columns":[{"name":"id","type":"list<u8>","primaryKey":true}]}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
