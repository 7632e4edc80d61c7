namespace Bellhop.SystemTests.Testing;

/// <summary>A network with nothing but a loopback, so that every port of 127.0.0.1 is free whatever this machine runs.</summary>
internal sealed class OwnNetwork : IDisposable
{
    private readonly OwnNamespace _space;

    private OwnNetwork(OwnNamespace space) => _space = space;

    /// <summary>The process that keeps it; other networks reach it by its id.</summary>
    public int Holder => _space.Holder;

    /// <summary>What goes before a program's line to run it there, as the same process.</summary>
    public string[] Launcher => _space.Launcher;

    /// <exception cref="MissingPartException">This machine does not allow it.</exception>
    public static async Task<OwnNetwork> StartAsync() =>
        new(await OwnNamespace.StartAsync("net", $"{Repository.Tool("ip")} link set lo up"));

    public void Dispose() => _space.Dispose();
}
