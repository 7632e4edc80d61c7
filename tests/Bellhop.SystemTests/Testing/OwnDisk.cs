namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A disk of a chosen size under a home, seen only by what is started through it. <c>run/</c> stays on the machine's own
/// disk, so that test and command line find the gateway.
/// </summary>
internal sealed class OwnDisk : IDisposable
{
    private readonly GatewayHome _home;
    private readonly OwnNamespace _space;

    private OwnDisk(GatewayHome home, OwnNamespace space) => (_home, _space) = (home, space);

    /// <summary>What goes before a program's line to run it there, as the same process.</summary>
    public string[] Launcher => _space.Launcher;

    /// <summary>Makes it. The home's configuration must be written already.</summary>
    /// <exception cref="MissingPartException">This machine does not allow it.</exception>
    public static async Task<OwnDisk> StartAsync(GatewayHome home, string size)
    {
        var outside = Directory.CreateDirectory(home.Beside.Inside("outside")).FullName;
        Directory.CreateDirectory(Path.Combine(home.Path, "run"));
        // Written here, because the one that the gateway would write could not be read from here.
        File.WriteAllText(Path.Combine(home.Path, "token"), $"{Guid.NewGuid():N}{Guid.NewGuid():N}");
        var space = await OwnNamespace.StartAsync(
            "mount",
            $"mount --bind {home.Path} {outside} && mount -t tmpfs -o size={size},mode=700 none {home.Path}"
                + $" && cp -p {outside}/config.json {outside}/token {home.Path}"
                + $" && mkdir {home.Path}/run && mount --bind {outside}/run {home.Path}/run"
        );
        return new OwnDisk(home, space);
    }

    /// <summary>Makes it larger or smaller.</summary>
    public Task ResizeAsync(string size) => _space.RunAsync($"mount -o remount,size={size} {_home.Path}");

    public void Dispose() => _space.Dispose();
}
