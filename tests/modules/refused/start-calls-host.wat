;; Its start function calls the host.
;;! {"module":{"name":"start_calls_host","version":"1.0.0","abi":1}}
;;! {"reducer":{"name":"run"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "reducer:run") (param i32 i32) (result i32) (i32.const 0))
  (func $start (drop (call $table (i32.const 0) (i32.const 0))))
  (start $start))
