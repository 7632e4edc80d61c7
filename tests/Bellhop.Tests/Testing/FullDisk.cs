using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Bellhop.Store;

namespace Bellhop.Tests.Testing;

/// <summary>A store in front of a real one, whose disk can be full: then the writes named here fail as SQLite's do.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The proxy is a class derived from it.")]
internal class FullDisk : DispatchProxy
{
    private static readonly MethodInfo FailedTask = typeof(Task)
        .GetMethods()
        .Single(m => m is { Name: nameof(Task.FromException), IsGenericMethod: true });

    private IEventStore _inner = null!;
    private volatile string[] _failing = [];
    private int _refused;
    private TaskCompletionSource? _leased;

    /// <summary>The store that a lane is given.</summary>
    public IEventStore Store { get; private set; } = null!;

    /// <summary>How many writes found no room.</summary>
    public int Refused => _refused;

    public static FullDisk Before(IEventStore inner)
    {
        var store = Create<IEventStore, FullDisk>();
        var disk = (FullDisk)store;
        (disk._inner, disk.Store) = (inner, store);
        return disk;
    }

    /// <summary>From now on these methods find no room; none means that there is room again.</summary>
    public void Fail(params string[] methods) => _failing = methods;

    /// <summary>What finds no room says so only once the next lease was granted.</summary>
    public void FailAfterTheNextLease() =>
        _leased = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!_failing.Contains(targetMethod!.Name))
            return Watch(targetMethod.Invoke(_inner, args));
        Interlocked.Increment(ref _refused);
        var failure = new StoreException("The disk is full. Free some space.") { IsDiskFull = true };
        if (_leased is { } leased && targetMethod.ReturnType == typeof(Task))
            return FailAfterAsync(leased.Task, failure);
        return targetMethod.ReturnType.GenericTypeArguments is [var result]
            ? FailedTask.MakeGenericMethod(result).Invoke(null, [failure])
            : Task.FromException(failure);
    }

    private static async Task FailAfterAsync(Task leased, StoreException failure)
    {
        await leased;
        throw failure;
    }

    private object? Watch(object? answer)
    {
        if (_leased is { } leased && answer is Task<TurnLease> lease)
            lease.GetAwaiter().OnCompleted(() => leased.TrySetResult());
        return answer;
    }
}
