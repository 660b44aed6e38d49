;; Two types of one name.
;;! {"module":{"name":"type_twice","version":"1.0.0","abi":1}}
;;! {"type":{"name":"Pair","struct":[{"name":"a","type":"u8"}]}}
;;! {"type":{"name":"Pair","alias":"u8"}}
;;! {"reducer":{"name":"run"}}
(module
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0)))
