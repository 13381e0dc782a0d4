using System.Collections.Concurrent;
using System.Globalization;
using BrainSim.Contracts;
using BrainSim.Coordinator.Cluster;
using BrainSim.Engine.Units;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace BrainSim.Coordinator.Store;

/// <summary>
/// The journal in one SQLite file: write-ahead log, every record flushed to the disk before <see cref="Append"/> returns. Records are never changed. One process
/// holds it at a time. <see cref="History"/> may be called from any thread.
/// </summary>
public sealed class SqliteRunStore : IRunStore, IDisposable
{
    /// <summary>Of the tables; another number is another version's file.</summary>
    private const int Format = 1;

    private const int Busy = 5;

    private readonly string path;
    private readonly TimeProvider clock;
    private readonly SqliteConnection connection;
    private readonly SqliteCommand insert;
    private readonly ConcurrentDictionary<long, DateTimeOffset> ends = [];

    static SqliteRunStore() => SQLitePCL.Batteries_V2.Init();

    /// <param name="path">Of the file; made where there is none.</param>
    /// <param name="clock">Notes when each record was written, for people.</param>
    /// <exception cref="UserMistakeException">Another process has the file, or it is no journal of this version.</exception>
    public SqliteRunStore(string path, TimeProvider clock)
    {
        (this.path, this.clock) = (path, clock);
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            Open();
        }
        catch (SqliteException problem)
        {
            connection.Dispose();
            throw new UserMistakeException(new Place("--data", 0, 0, path), problem.SqliteErrorCode == Busy
                ? "another coordinator has this folder open; stop it, or name another folder."
                : $"is no journal that this program can use ({problem.Message}); name another folder, or restore it from a backup.");
        }

        insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO journal (unix_ms, run, record) VALUES ($at, $run, $record)";
        insert.Parameters.Add("$at", SqliteType.Integer);
        insert.Parameters.Add("$run", SqliteType.Integer);
        insert.Parameters.Add("$record", SqliteType.Blob);
    }

    /// <summary>Told every record that is on the disk.</summary>
    public Action<JournalRecord> Appended { get; set; } = _ => { };

    /// <inheritdoc/>
    public IEnumerable<JournalRecord> Load()
    {
        foreach ((DateTimeOffset at, JournalRecord record) in Read(connection, "", null))
        {
            NoteEnd(record, at);
            yield return record;
        }
    }

    /// <summary>When the end of a run was written down; null where it was not. Any thread may ask.</summary>
    public DateTimeOffset? EndedAt(long run) => ends.TryGetValue(run, out DateTimeOffset at) ? at : null;

    /// <inheritdoc/>
    public void Append(JournalRecord record)
    {
        try
        {
            insert.Parameters["$at"].Value = clock.GetUtcNow().ToUnixTimeMilliseconds();
            insert.Parameters["$run"].Value = RunOf(record);
            insert.Parameters["$record"].Value = record.ToByteArray();
            insert.ExecuteNonQuery();
        }
        catch (SqliteException problem)
        {
            throw new StoreException($"{path} cannot be written ({problem.Message}); see that its disk has room and answers.", problem);
        }

        NoteEnd(record, DateTimeOffset.FromUnixTimeMilliseconds((long)insert.Parameters["$at"].Value!));
        Appended(record);
    }

    /// <summary>What was written down about a run, in order, and when.</summary>
    public IReadOnlyList<(DateTimeOffset At, JournalRecord Record)> History(long run)
    {
        using SqliteConnection reader = Reader();
        return [.. Read(reader, "WHERE run = $run", run)];
    }

    /// <summary>The submission of a run. Any thread may ask.</summary>
    /// <exception cref="StoreException">It cannot be read now.</exception>
    public Submission SubmissionOf(long run)
    {
        try
        {
            using SqliteConnection reader = Reader();
            return Read(reader, "WHERE run = $run", run).Select(entry => entry.Record.Submitted).First(submitted => submitted is not null);
        }
        catch (SqliteException problem)
        {
            throw new StoreException($"{path} cannot be read ({problem.Message}); see that its disk answers.", problem);
        }
    }

    public void Dispose()
    {
        insert.Dispose();
        connection.Dispose();
    }

    private void NoteEnd(JournalRecord record, DateTimeOffset at)
    {
        if (record.Ended is { } ended)
        {
            ends.TryAdd(ended.Run, at);
        }
    }

    private void Open()
    {
        connection.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        int format = Convert.ToInt32(Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (format is not (0 or Format))
        {
            throw new SqliteException($"format {format}; this program reads format {Format}", 1);
        }

        Execute($"""
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS journal (place INTEGER PRIMARY KEY AUTOINCREMENT, unix_ms INTEGER NOT NULL, run INTEGER NOT NULL, record BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS journal_run ON journal (run, place);
            PRAGMA user_version={Format};
            COMMIT
            """);
    }

    private SqliteConnection Reader()
    {
        SqliteConnection reader = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        reader.Open();
        return reader;
    }

    private static IEnumerable<(DateTimeOffset At, JournalRecord Record)> Read(SqliteConnection from, string where, long? run)
    {
        using SqliteCommand select = from.CreateCommand();
        select.CommandText = $"SELECT unix_ms, record FROM journal {where} ORDER BY place";
        if (run is { } id)
        {
            select.Parameters.AddWithValue("$run", id);
        }

        using SqliteDataReader rows = select.ExecuteReader();
        while (rows.Read())
        {
            yield return (DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(0)), JournalRecord.Parser.ParseFrom(rows.GetFieldValue<byte[]>(1)));
        }
    }

    public static long RunOf(JournalRecord record) => record.BodyCase switch
    {
        JournalRecord.BodyOneofCase.Submitted => record.Submitted.Run,
        JournalRecord.BodyOneofCase.Begun => record.Begun.Epoch.Run,
        JournalRecord.BodyOneofCase.Committed => record.Committed.Epoch.Run,
        JournalRecord.BodyOneofCase.Lost => record.Lost.Run,
        JournalRecord.BodyOneofCase.Ended => record.Ended.Run,
        JournalRecord.BodyOneofCase.Removed => record.Removed.Run,
        JournalRecord.BodyOneofCase.Points => record.Points.Run,
        _ => throw new ArgumentException($"a journal record of kind {record.BodyCase} belongs to no run."),
    };

    private object? Scalar(string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Execute(string sql) => Scalar(sql);
}
