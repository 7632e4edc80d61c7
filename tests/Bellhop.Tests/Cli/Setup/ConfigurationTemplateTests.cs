using System.Text.RegularExpressions;
using Bellhop.Cli.Setup;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Setup;

public sealed partial class ConfigurationTemplateTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Write_AsItIs_ChangesNothing()
    {
        _home.Configure(ConfigurationTemplate.Write());

        Configuration
            .Load(_home.Home, _home.Environment)
            .Settings.Where(s => s.Origin != GivenValue.Default)
            .Select(s => (s.Setting.Path, s.Shown))
            .ShouldBe([("bus.kind", "\"embedded\"")]);
    }

    [Fact]
    public void Write_EveryLineUncommented_ReadsAsTheDefaults()
    {
        _home.Configure(CommentedSetting().Replace(ConfigurationTemplate.Write(), "$1"));

        var settings = Configuration.Load(_home.Home, _home.Environment).Settings.ToList();

        settings.ShouldAllBe(s => s.Origin != GivenValue.Default);
        settings
            .Select(s => s.Written?.ToJsonString())
            .ShouldBe(settings.Select(s => s.Setting.DefaultNode?.ToJsonString()));
    }

    [GeneratedRegex("^( *)// (?=\")", RegexOptions.Multiline)]
    private static partial Regex CommentedSetting();
}
