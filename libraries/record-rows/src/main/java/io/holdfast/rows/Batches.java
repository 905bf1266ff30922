package io.holdfast.rows;

import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.ibatis.exceptions.PersistenceException;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.mybatis.spring.MyBatisExceptionTranslator;
import org.springframework.dao.DataAccessException;

/**
 * Sends the statements of a mapper in one JDBC batch, in the local transaction that is open. The driver makes one statement of inserts
 * that differ only in their values (MySQL's with {@code rewriteBatchedStatements=true}), and one round trip of all others.
 *
 * <p>A statement with a list in it has to be made anew for each length of the list, and took much of the time of a large one. And
 * a change by primary key locks no other row, where one change of many rows is free to scan, and to lock in any order.
 */
public class Batches {

    private final SqlSessionFactory sessions;
    private final MyBatisExceptionTranslator translator;

    Batches(SqlSessionFactory sessions) {
        this.sessions = sessions;
        this.translator = new MyBatisExceptionTranslator(
                sessions.getConfiguration().getEnvironment().getDataSource(), true);
    }

    /**
     * @param statements calls the mapper's changes, in the order in which their rows are to be locked; what they return is
     *     without meaning
     * @return how many rows each of them found; for an insert that was made one with others, {@link
     *     java.sql.Statement#SUCCESS_NO_INFO}
     * @throws DataAccessException if one of them fails, as it would by itself
     */
    public <M> int[] send(Class<M> mapper, Consumer<M> statements) {
        // A session of its own, for a session executes in one way only; its connection is that of the open transaction.
        try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
            statements.accept(session.getMapper(mapper));
            return session.flushStatements().stream()
                    .map(BatchResult::getUpdateCounts)
                    .flatMapToInt(Arrays::stream)
                    .toArray();
        } catch (PersistenceException e) {
            DataAccessException translated = translator.translateExceptionIfPossible(e);
            throw translated == null ? e : translated;
        }
    }
}
