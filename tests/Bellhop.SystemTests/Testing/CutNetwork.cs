using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>How a network is broken.</summary>
public enum Cut
{
    /// <summary>Packets vanish: nobody is told anything.</summary>
    Drop,

    /// <summary>What is sent is answered by a reset.</summary>
    Reset,

    /// <summary>Three packets in ten vanish, each way.</summary>
    Loss,
}

/// <summary>
/// Three network namespaces of the test's own: a hub, and two members that reach it over a cable which a test breaks.
/// What talks inside one of them talks over its loopback and is not touched.
/// </summary>
internal sealed class CutNetwork : IDisposable
{
    /// <summary>Where the hub is, seen from the members.</summary>
    public const string HubAddress = "10.77.0.1";

    private readonly OwnNetwork[] _all;

    private CutNetwork(OwnNetwork[] all) => _all = all;

    public OwnNetwork Hub => _all[0];

    public IReadOnlyList<OwnNetwork> Members => _all[1..];

    /// <exception cref="MissingPartException">This machine does not allow it.</exception>
    public static async Task<CutNetwork> StartAsync()
    {
        var network = new CutNetwork([
            await OwnNetwork.StartAsync(),
            await OwnNetwork.StartAsync(),
            await OwnNetwork.StartAsync(),
        ]);
        await IpAsync(network.Hub, "link add br0 type bridge");
        await IpAsync(network.Hub, $"addr add {HubAddress}/24 dev br0");
        await IpAsync(network.Hub, "link set br0 up");
        foreach (var (member, i) in network.Members.Select((m, i) => (m, i)))
        {
            await IpAsync(network.Hub, $"link add cable{i} type veth peer name eth0 netns {member.Holder}");
            await IpAsync(network.Hub, $"link set cable{i} master br0");
            await IpAsync(network.Hub, $"link set cable{i} up");
            await IpAsync(member, $"addr add 10.77.0.{i + 2}/24 dev eth0");
            await IpAsync(member, "link set eth0 up");
        }
        return network;
    }

    /// <summary>Breaks a member's cable.</summary>
    public static async Task BreakAsync(OwnNetwork member, Cut cut)
    {
        string[] rules = cut switch
        {
            Cut.Drop => ["-A INPUT -i eth0 -j DROP", "-A OUTPUT -o eth0 -j DROP"],
            Cut.Reset => ["-A OUTPUT -o eth0 -p tcp -j REJECT --reject-with tcp-reset", "-A INPUT -i eth0 -j DROP"],
            _ =>
            [
                "-A INPUT -i eth0 -m statistic --mode random --probability 0.3 -j DROP",
                "-A OUTPUT -o eth0 -m statistic --mode random --probability 0.3 -j DROP",
            ],
        };
        foreach (var rule in rules)
            await RunAsync(member, "iptables", rule);
    }

    /// <summary>Mends it.</summary>
    public static Task MendAsync(OwnNetwork member) => RunAsync(member, "iptables", "-F");

    public void Dispose() => Array.ForEach(_all, n => n.Dispose());

    private static Task IpAsync(OwnNetwork where, string arguments) => RunAsync(where, "ip", arguments);

    private static async Task RunAsync(OwnNetwork where, string tool, string arguments)
    {
        string[] words = [.. where.Launcher, Repository.Tool(tool), .. arguments.Split(' ')];
        using var process = Process.Start(Processes.Describe(words[0], words[1..]))!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode != 0)
            throw new MissingPartException(
                $"'{tool} {arguments}' failed in a network of the test's own: {await process.StandardError.ReadToEndAsync()}"
            );
    }
}
