using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;

namespace Bellhop.Redis.EventLists;

/// <summary>What list commands do to one kind of list. A list's head is index 0.</summary>
internal interface IClientLists
{
    /// <summary>Adds rows one after another. Returns the new length.</summary>
    Task<long> PushAsync(
        RespClient client,
        KeyName key,
        bool head,
        IReadOnlyList<ReadOnlyMemory<byte>> rows,
        CancellationToken cancel
    );

    Task<long> LengthAsync(RespClient client, KeyName key, CancellationToken cancel);

    Task<bool> ExistsAsync(RespClient client, KeyName key, CancellationToken cancel);

    /// <summary>Rows by Redis' indices.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> RangeAsync(
        RespClient client,
        KeyName key,
        long start,
        long stop,
        CancellationToken cancel
    );

    /// <summary>Removes rows equal to the value, as LREM counts. Returns how many.</summary>
    Task<long> RemoveAsync(
        RespClient client,
        KeyName key,
        long count,
        ReadOnlyMemory<byte> value,
        CancellationToken cancel
    );

    /// <summary>Keeps only the range.</summary>
    Task TrimAsync(RespClient client, KeyName key, long start, long stop, CancellationToken cancel);

    /// <summary>Removes and returns up to <paramref name="count"/> rows from one end.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> PopAsync(
        RespClient client,
        KeyName key,
        bool head,
        long count,
        CancellationToken cancel
    );

    /// <summary>Removes the list. False when there was none.</summary>
    Task<bool> DeleteAsync(RespClient client, KeyName key, CancellationToken cancel);
}
