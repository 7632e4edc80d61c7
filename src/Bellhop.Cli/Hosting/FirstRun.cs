using System.Text;
using Bellhop.Cli.Setup;
using Bellhop.Redis.Client;

namespace Bellhop.Cli.Hosting;

/// <summary>What a fresh home needs.</summary>
internal static class FirstRun
{
    private const string LocalRedis = "redis://127.0.0.1:6379/0";

    /// <summary>Whoever sets one of these has chosen already.</summary>
    private static readonly string[] Choices = ["bus.kind", "bus.url", "bus.urlFile", "bus.resp"];

    /// <summary>
    /// Writes config.json where there is none, and returns true when it did. A Redis that answers on this machine and will
    /// do is chosen as the place for events: its other users expect events there.
    /// </summary>
    public static async Task<bool> WriteConfigurationAsync(
        Home home,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        if (File.Exists(home.Config))
            return false;
        var isChosen = Choices.Any(path => environment.ContainsKey(SettingsSchema.Find(path)!.Variable));
        var useRedis = !isChosen && await RedisProbe.WillDoAsync(RedisEndpoint.Parse(LocalRedis), time, cancel);
        var chosen = useRedis
            ? new Dictionary<string, string> { ["bus.kind"] = "\"redis\"", ["bus.url"] = $"\"{LocalRedis}\"" }
            : [];
        new DurableFile(Disk.Real).Write(home.Config, Encoding.UTF8.GetBytes(ConfigurationTemplate.Write(chosen)));
        return true;
    }
}
