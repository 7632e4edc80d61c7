namespace Bellhop.Tests.Testing;

public sealed class LayerTableTests
{
    private const string Table = """
        Words before.
        <!-- layers: floor | namespace | knows | and never -->
        | floor | room | knows | and never |
        |---|---|---|---|
        | 3 | `Bellhop.Cli` | everything below | |
        | 2 | `Bellhop.Store` | `Bellhop.Events` | `Bellhop.Agents` |
        | 1 | `Bellhop.Events` | nothing | |
        | 1 | `Bellhop.Agents` | nothing | |

        | not | a | room | row |
        """;

    private readonly LayerTable _table = LayerTable.Parse(Table);

    [Fact]
    public void Parse_TableAmongWords_GivesTheRoomsAndWhatTheyKnow()
    {
        _table
            .Rooms.Select(r => (r.Floor, r.Name))
            .ShouldBe([(3, "Bellhop.Cli"), (2, "Bellhop.Store"), (1, "Bellhop.Events"), (1, "Bellhop.Agents")]);
        _table.Rooms[0].Knows.ShouldBeNull();
        _table.Rooms[1].Knows.ShouldBe(["Bellhop.Events"]);
        _table.Rooms[2].Knows.ShouldBe([]);
    }

    [Theory]
    [InlineData("using Bellhop.Store;\nnamespace Bellhop.Events;")]
    [InlineData("global using Bellhop.Store;\nnamespace Bellhop.Events;")]
    [InlineData("using static Bellhop.Store.Words;\nnamespace Bellhop.Events { }")]
    [InlineData("using S = Bellhop.Store.Sqlite.Journal;\nnamespace Bellhop.Events.Wire;")]
    [InlineData("namespace Bellhop.Events;\nclass A { object B() => new Bellhop.Store.Receipt(); }")]
    [InlineData("namespace Bellhop.Events;\nclass A { Store.Receipt? B; }")]
    public void Breaches_NameOfARoomAbove_IsFound(string code)
    {
        _table.Learn("namespace Bellhop.Store;\npublic sealed record Receipt;");

        _table.Breaches(code).ShouldBe(["Bellhop.Events names Bellhop.Store"]);
    }

    [Theory]
    [InlineData("using Bellhop.Events;\nnamespace Bellhop.Store.Sqlite;")]
    [InlineData("using Bellhop.Store;\nusing Bellhop.Agents;\nnamespace Bellhop.Cli.Commands;")]
    [InlineData("using Bellhop;\nusing System.Text;\nnamespace Bellhop.Events;")]
    [InlineData("namespace Bellhop.Events;\nclass A { int Store = 1; int B() => Store.CompareTo(2); }")]
    [InlineData("using Bellhop.Store;\nnamespace Bellhop;")]
    public void Breaches_AllowedOrNotOurs_IsNone(string code)
    {
        _table.Learn("namespace Bellhop.Store;\npublic sealed record Receipt;");

        _table.Breaches(code).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a /* using Bellhop.Store; */ b", "a   b")]
    [InlineData("a // if { }\nb", "a  \nb")]
    [InlineData("x(\"// no \\\" comment\") y", "x(\"\") y")]
    [InlineData("x(@\"a \"\" // b\") y", "x(\"\") y")]
    [InlineData("x(\"\"\"say \"hi\" // b\"\"\") y", "x(\"\") y")]
    [InlineData("c == '\"' || d == '\\'' // e", "c == \"\" || d == \"\"  ")]
    public void Code_ProseOfEveryKind_IsTakenOut(string source, string code) =>
        RepositoryFiles.Code(source).ShouldBe(code);
}
