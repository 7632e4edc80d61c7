using System.Text;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>What a fresh home needs.</summary>
internal static class FirstRun
{
    /// <summary>Writes config.json where there is none. Returns true when it did.</summary>
    public static bool WriteConfiguration(Home home)
    {
        if (File.Exists(home.Config))
            return false;
        new DurableFile(Disk.Real).Write(home.Config, Encoding.UTF8.GetBytes(ConfigurationTemplate.Write()));
        return true;
    }
}
