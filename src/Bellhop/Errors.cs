using System.Text;

namespace Bellhop;

/// <summary>Every refusal there is, in HTTP and in the Redis protocol. docs/errors.md is written from it.</summary>
public static class Errors
{
    /// <summary>The bytes are no JSON.</summary>
    public static readonly KnownError NotJson = new(
        "BH-4000",
        400,
        "ERR",
        "The body is not JSON.",
        "Send JSON; the message names the line and the byte where reading stopped."
    );

    /// <summary>A field is missing, of the wrong kind or too long.</summary>
    public static readonly KnownError BadField = new(
        "BH-4001",
        400,
        "ERR",
        "A field is missing, of the wrong kind or too long.",
        "Mend the field that the error names."
    );

    /// <summary>Nested too deep.</summary>
    public static readonly KnownError TooDeep = new(
        "BH-4002",
        400,
        "ERR",
        "The JSON nests deeper than 64 levels.",
        "Flatten it, or put the structure into a file and send its path."
    );

    /// <summary>Bytes that are no text.</summary>
    public static readonly KnownError NotUtf8 = new(
        "BH-4003",
        400,
        "ERR",
        "The body is not valid UTF-8.",
        "Encode it as UTF-8."
    );

    /// <summary>JSON, but no object.</summary>
    public static readonly KnownError NotObject = new(
        "BH-4004",
        400,
        "ERR",
        "An event is a JSON object; this is another value.",
        "Send {\"type\":\"…\",\"payload\":{…}}."
    );

    /// <summary>A character that no name may hold.</summary>
    public static readonly KnownError BadCharacter = new(
        "BH-4005",
        400,
        "ERR",
        "A name holds a NUL or half a character (a lone surrogate).",
        "Leave the character out."
    );

    /// <summary>A query parameter that cannot be read.</summary>
    public static readonly KnownError BadParameter = new(
        "BH-4006",
        400,
        "ERR",
        "A query parameter cannot be read.",
        "The message names the parameter and what it takes."
    );

    /// <summary>No token, or the wrong one.</summary>
    public static readonly KnownError Unauthorized = new(
        "BH-4010",
        401,
        "NOAUTH",
        "There is no valid token on the request.",
        "Send 'Authorization: Bearer' with the content of the file 'token' in Bellhop's home."
    );

    /// <summary>The request comes from a web page or by a name that is not ours.</summary>
    public static readonly KnownError Forbidden = new(
        "BH-4030",
        403,
        "NOPERM",
        "The Host or Origin of the request is not allowed.",
        "Use the address that 'bellhop status' prints; other names are allowed in config.json."
    );

    /// <summary>No such thing.</summary>
    public static readonly KnownError Unknown = new(
        "BH-4040",
        404,
        "ERR",
        "There is nothing here.",
        "Check the id or the path; 'bellhop events' lists what is known."
    );

    /// <summary>The path exists, the method does not.</summary>
    public static readonly KnownError WrongMethod = new(
        "BH-4050",
        405,
        "ERR",
        "The path does not take this method.",
        "The Allow header names those it takes."
    );

    /// <summary>The request did not arrive whole in time.</summary>
    public static readonly KnownError TooSlow = new(
        "BH-4080",
        408,
        "ERR",
        "The request did not arrive in time.",
        "Send it whole and without pauses."
    );

    /// <summary>Nothing to give again.</summary>
    public static readonly KnownError NothingToReplay = new(
        "BH-4091",
        409,
        "ERR",
        "The event has no dead or dropped delivery that was not replayed yet.",
        "'bellhop trace' shows where its deliveries stand."
    );

    /// <summary>Nothing of ours to give.</summary>
    public static readonly KnownError NothingToHandOver = new(
        "BH-4092",
        409,
        "ERR",
        "The session cannot be given to whoever was named.",
        "'bellhop sessions' shows who is there and who has it; a terminal takes what nobody has by itself."
    );

    /// <summary>A question that is settled.</summary>
    public static readonly KnownError AlreadyAnswered = new(
        "BH-4093",
        409,
        "ERR",
        "The permission request is settled already.",
        "The message says how; 'bellhop permissions' lists those that still wait."
    );

    /// <summary>Too large.</summary>
    public static readonly KnownError TooLarge = new(
        "BH-4131",
        413,
        "ERR",
        "The event is larger than 1 MiB, or the array than 16 MiB or 1,000 events.",
        "Put large data into a file and send its path; split the array."
    );

    /// <summary>The configuration cannot be taken over.</summary>
    public static readonly KnownError BadConfiguration = new(
        "BH-4221",
        422,
        "ERR",
        "The configuration has faults; the running one stays.",
        "Mend what the message lists, each with its place; 'bellhop config check' lists it too."
    );

    /// <summary>No room for more events now.</summary>
    public static readonly KnownError Full = new(
        "BH-4291",
        429,
        "BUSY",
        "Too many events are unfinished, or less than 512 MiB of disk is free; nothing was stored.",
        "Wait until the agent has caught up, free disk, then send again."
    );

    /// <summary>Too many guesses.</summary>
    public static readonly KnownError TooManyWrongTokens = new(
        "BH-4292",
        429,
        "NOAUTH",
        "Too many wrong tokens came from this address.",
        "Wait a minute; the right token passes at any time."
    );

    /// <summary>Too much at once.</summary>
    public static readonly KnownError TooManyRequests = new(
        "BH-4293",
        429,
        "BUSY",
        "Too many requests are under way.",
        "Send again in a second; use fewer at once."
    );

    /// <summary>We are at fault.</summary>
    public static readonly KnownError Internal = new(
        "BH-5000",
        500,
        "ERR",
        "Something failed inside Bellhop.",
        "'bellhop logs' shows it under the reference; please report it."
    );

    /// <summary>Not yet, or no longer.</summary>
    public static readonly KnownError NotReady = new(
        "BH-5031",
        503,
        "LOADING",
        "Bellhop is starting or stopping and takes no events now.",
        "Send again when /readyz answers 200, or use 'bellhop push', which keeps the event until then."
    );

    /// <summary>A reader of a stream was too slow.</summary>
    public static readonly KnownError FellBehind = new(
        "BH-5032",
        503,
        "ERR",
        "The reader fell more than 10,000 moves behind, so the stream ends.",
        "Follow again and read faster; receipts hold what was missed."
    );

    /// <summary>Redis is away.</summary>
    public static readonly KnownError BusAway = new(
        "BH-5033",
        503,
        "ERR",
        "Redis is away, so this cannot be looked up or changed now. Events are still taken and kept on disk.",
        "'bellhop status' says what is wrong with Redis; ask again when it is back."
    );

    /// <summary>The disk is full.</summary>
    public static readonly KnownError DiskFull = new(
        "BH-5071",
        507,
        "MISCONF",
        "The disk is full; nothing was stored.",
        "Free disk space, then send again."
    );

    /// <summary>All of them, by code.</summary>
    public static readonly IReadOnlyList<KnownError> All =
    [
        NotJson,
        BadField,
        TooDeep,
        NotUtf8,
        NotObject,
        BadCharacter,
        BadParameter,
        Unauthorized,
        Forbidden,
        Unknown,
        WrongMethod,
        TooSlow,
        NothingToReplay,
        NothingToHandOver,
        AlreadyAnswered,
        TooLarge,
        BadConfiguration,
        Full,
        TooManyWrongTokens,
        TooManyRequests,
        Internal,
        NotReady,
        FellBehind,
        BusAway,
        DiskFull,
    ];

    /// <summary>The error of a code; <see cref="Internal"/> for a code that is not listed.</summary>
    public static KnownError Find(string code) => All.FirstOrDefault(e => e.Code == code) ?? Internal;

    /// <summary>docs/errors.md.</summary>
    public static string ToMarkdown()
    {
        var text = new StringBuilder()
            .Append("# Error codes\n\n")
            .Append("Written from `src/Bellhop/Errors.cs`; `ErrorsTests` fails when the two differ.\n\n")
            .Append(
                "HTTP answers `{\"error\":{\"code\",\"message\",\"field\"}}`; `field` is there only where one field is at\n"
            )
            .Append(
                "fault, in an array with its index from 0 (`[3].type`). A BH-5000 carries a `reference` to the log.\n"
            )
            .Append("The Redis protocol answers `-PREFIX CODE message`.\n\n")
            .Append("| Code | HTTP | Redis prefix | Meaning | What to do |\n|---|---|---|---|---|\n");
        foreach (var e in All)
            text.Append($"| {e.Code} | {e.Status} | `-{e.Resp}` | {e.Meaning} | {e.Mend} |\n");
        return text.ToString();
    }
}
