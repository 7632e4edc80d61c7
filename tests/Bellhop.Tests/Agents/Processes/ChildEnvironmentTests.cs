using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents.Processes;

public sealed class ChildEnvironmentTests
{
    [Theory]
    [InlineData("BELLHOP__AGENT__KIND")]
    [InlineData("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS")]
    public void For_VariableThatConcernsOnlyUs_IsLeftOut(string name)
    {
        var before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, "1");
        try
        {
            ChildEnvironment.For("mark", new Dictionary<string, string>(), []).ShouldNotContainKey(name);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }

    [Fact]
    public void For_ConfiguredAndMark_AreAddedAndSecretsLeftOut()
    {
        var environment = ChildEnvironment.For(
            "mark",
            new Dictionary<string, string> { ["LANG"] = "C.UTF-8" },
            ["PATH"]
        );

        environment["LANG"].ShouldBe("C.UTF-8");
        environment[ChildEnvironment.RunMark].ShouldBe("mark");
        environment.ShouldNotContainKey("PATH");
    }
}
