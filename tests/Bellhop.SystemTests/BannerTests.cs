using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>What a person reads first when the real pi has no model to work with.</summary>
public sealed class BannerTests
{
    [Theory]
    [InlineData(RealPi.New)]
    [InlineData(RealPi.Old)]
    public async Task Up_PiWithoutAModel_FirstWordsNameTheMendInTheFolderItUses(string generation)
    {
        await using var model = await FakeModel.StartAsync();
        using var home = new GatewayHome().WithPi(RealPi.Named(generation), model);
        var folder = home.Environment["PI_CODING_AGENT_DIR"]!;
        File.Delete(Path.Combine(folder, "models.json"));
        File.Delete(Path.Combine(folder, "settings.json"));
        await using var gateway = await GatewayProcess.StartAsync(home);

        await gateway.SaysAsync("It stays up");

        var banner = gateway.Said[gateway.Said.IndexOf("is ready")..];
        banner.ShouldContain("pi has no usable model");
        banner.ShouldContain(Path.Combine(folder, "models.json"));
        banner.IndexOf("no usable model").ShouldBeLessThan(banner.IndexOf("Try it"));
    }

    [Fact]
    public async Task Up_PiBehindAWrapper_StatusNamesItsVersion()
    {
        await using var model = await FakeModel.StartAsync();
        using var home = new GatewayHome();
        var wrapper = home.Beside.Write("wrapper", $"#!/bin/sh\nexec {RealPi.Named(RealPi.New).Program} \"$@\"\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        home.WithPi(RealPi.Named(RealPi.New), model).Set("BELLHOP__AGENT__COMMAND__0", wrapper);
        await using var gateway = await GatewayProcess.StartAsync(home);

        await Wait.Until(
            async () => (await Cli.BellhopAsync(home, "status")).Output.Contains("agent    pi 1.5."),
            "the version of a wrapped pi"
        );
    }
}
