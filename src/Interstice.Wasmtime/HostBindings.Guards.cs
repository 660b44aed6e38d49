namespace Interstice.Wasmtime;

/// <content>One guard for each number of arguments: typed, so that a call neither boxes nor allocates here.</content>
internal sealed partial class HostBindings
{
    private Action<T> Guard<T>(Action<T> function) => a =>
    {
        try
        {
            function(a);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Action<T1, T2> Guard<T1, T2>(Action<T1, T2> function) => (a, b) =>
    {
        try
        {
            function(a, b);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Action<T1, T2, T3> Guard<T1, T2, T3>(Action<T1, T2, T3> function) => (a, b, c) =>
    {
        try
        {
            function(a, b, c);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Action<T1, T2, T3, T4> Guard<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function) => (a, b, c, d) =>
    {
        try
        {
            function(a, b, c, d);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<TR> Guard<TR>(Func<TR> function) => () =>
    {
        try
        {
            return function();
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T, TR> Guard<T, TR>(Func<T, TR> function) => a =>
    {
        try
        {
            return function(a);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T1, T2, TR> Guard<T1, T2, TR>(Func<T1, T2, TR> function) => (a, b) =>
    {
        try
        {
            return function(a, b);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T1, T2, T3, TR> Guard<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function) => (a, b, c) =>
    {
        try
        {
            return function(a, b, c);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T1, T2, T3, T4, TR> Guard<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, TR> function) => (a, b, c, d) =>
    {
        try
        {
            return function(a, b, c, d);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T1, T2, T3, T4, T5, TR> Guard<T1, T2, T3, T4, T5, TR>(
        Func<T1, T2, T3, T4, T5, TR> function) => (a, b, c, d, e) =>
    {
        try
        {
            return function(a, b, c, d, e);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };

    private Func<T1, T2, T3, T4, T5, T6, TR> Guard<T1, T2, T3, T4, T5, T6, TR>(
        Func<T1, T2, T3, T4, T5, T6, TR> function) => (a, b, c, d, e, f) =>
    {
        try
        {
            return function(a, b, c, d, e, f);
        }
        catch (Exception fault)
        {
            _fault = fault;
            throw;
        }
    };
}
