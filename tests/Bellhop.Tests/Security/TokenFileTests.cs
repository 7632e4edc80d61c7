using Bellhop.Channels.Http;
using Bellhop.Channels.Security;

namespace Bellhop.Tests.Security;

public sealed class TokenFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("bellhop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Ensure_NoFile_MakesATokenOnlyTheOwnerReads()
    {
        var token = At("new/token");
        token.Ensure();

        File.GetUnixFileMode(token.Path).ShouldBe(OwnerOnly);
        var text = File.ReadAllText(token.Path).Trim();
        text.Length.ShouldBe(43);
        token.Accepts(text).ShouldBeTrue();
        Directory.GetFileSystemEntries(Path.GetDirectoryName(token.Path)!).ShouldHaveSingleItem();
    }

    [Fact]
    public void Ensure_TwoGateways_MakeDifferentTokens()
    {
        At("a").Ensure();
        At("b").Ensure();
        File.ReadAllText(At("a").Path).ShouldNotBe(File.ReadAllText(At("b").Path));
    }

    [Fact]
    public void Ensure_FileOpenToOthers_IsClosed()
    {
        var token = At("token");
        File.WriteAllText(token.Path, new string('a', 40));
        File.SetUnixFileMode(token.Path, OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        token.Ensure();
        File.GetUnixFileMode(token.Path).ShouldBe(OwnerOnly);
        File.ReadAllText(token.Path).ShouldBe(new string('a', 40));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("short")]
    public void Ensure_NoTokenInTheFile_IsRefused(string content)
    {
        var token = At("token");
        File.WriteAllText(token.Path, content);
        Should.Throw<TokenException>(token.Ensure).Message.ShouldContain(token.Path);
        token.Accepts(content).ShouldBeFalse();
        token.Accepts("").ShouldBeFalse();
        token.Accepts(null).ShouldBeFalse();
    }

    [Fact]
    public void Accepts_ChangedFile_TakesTheNewTokenOnly()
    {
        var token = At("token");
        File.WriteAllText(token.Path, new string('a', 40));
        token.Accepts(new string('a', 40)).ShouldBeTrue();
        File.WriteAllText(token.Path, new string('b', 41));
        token.Accepts(new string('a', 40)).ShouldBeFalse();
        token.Accepts(new string('b', 41)).ShouldBeTrue();
    }

    [Fact]
    public void Accepts_FileGone_TakesNothing()
    {
        var token = At("token");
        token.Ensure();
        var text = File.ReadAllText(token.Path).Trim();
        token.Accepts(text).ShouldBeTrue();
        File.Delete(token.Path);
        token.Accepts(text).ShouldBeFalse();
        token.Accepts("").ShouldBeFalse();
    }

    private TokenFile At(string name) => new(new HttpChannelOptions { TokenFile = Path.Combine(_folder, name) });
}
