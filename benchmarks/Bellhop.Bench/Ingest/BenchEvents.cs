using Bellhop.Bench.Load;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Bench.Ingest;

/// <summary>Events as the store takes them, made the same way for the store and for raw SQLite.</summary>
internal sealed class BenchEvents(UlidFactory ulids, TimeProvider time)
{
    private static readonly EventDefaults Defaults = new();
    private static readonly IReadOnlyList<Target> Central = [new Target(SessionId.Gateway)];

    private readonly EventReader _reader = new(time, ulids);

    public NewEvent Next(int number)
    {
        var read = _reader.Read(EventBody.Write(number, time), Defaults);
        return new NewEvent(read.Event ?? throw new BenchException(read.Fault!.Message), Central);
    }
}
